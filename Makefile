# The commands for people who work with a clone. Each one first installs what it needs.

.DEFAULT_GOAL := help
.PHONY: help setup start test soak bench image clean

help: ## Say what there is
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 10

setup: ## Install and build what the server needs
	@scripts/bootstrap

start: setup ## Start the server; ARGS="--listen 127.0.0.1:7080 --data ./data" passes options on
	@exec node_modules/.bin/proscenium serve $(ARGS)

test: ## Install what the tests need, check types and style, run all tests
	@scripts/bootstrap --for-tests
	@scripts/test

soak: ## Run the tests of random input for much longer, then an hour of people who come and go; SOAK_MINUTES=5 for less
	@scripts/bootstrap --for-tests
	@scripts/soak

bench: setup ## Measure, each benchmark beside a reference of the same run
	@for file in bench/*.ts; do printf '\n=== %s\n' "$$file"; PATH="$$PWD/node_modules/.bin:$$PATH" node "$$file" || exit 1; done

image: ## Make a container image, proscenium, with Docker
	docker build --file deploy/docker/Dockerfile --tag proscenium .

clean: ## Remove what was installed and built in this folder; data and the user's cache stay
	rm -rf node_modules packages/*/dist
