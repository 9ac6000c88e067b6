// Renders the templates of a Helm chart with the engine that Helm has: Go's text/template. What Helm adds to it that our
// chart uses (functions of Sprig, and its own) is below, as their documentation has it. Of an unknown one the engine says so.
//
// Standard input has the chart as JSON, standard output gets what each template gave.
package main

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"sort"
	"strconv"
	"strings"
	"text/template"
)

type fileSet map[string]string

func (files fileSet) Get(name string) string { return files[name] }

type chartInput struct {
	Templates map[string]string
	Files     fileSet
	Values    map[string]any
	Release   map[string]any
	Chart     map[string]any
}

func main() {
	var input chartInput
	if err := json.NewDecoder(os.Stdin).Decode(&input); err != nil {
		fail(err)
	}
	// Helm's settings: what is not there is nothing.
	engine := template.New("chart").Option("missingkey=zero")
	engine.Funcs(functions(engine))
	for name, text := range input.Templates {
		if _, err := engine.New(name).Parse(text); err != nil {
			fail(err)
		}
	}
	context := map[string]any{
		"Values": input.Values, "Files": input.Files, "Release": input.Release, "Chart": input.Chart,
	}
	rendered := map[string]string{}
	for name := range input.Templates {
		var text strings.Builder
		if err := engine.ExecuteTemplate(&text, name, context); err != nil {
			fail(err)
		}
		rendered[name] = strings.ReplaceAll(text.String(), "<no value>", "")
	}
	if err := json.NewEncoder(os.Stdout).Encode(rendered); err != nil {
		fail(err)
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

func functions(engine *template.Template) template.FuncMap {
	return template.FuncMap{
		"include": func(name string, data any) (string, error) {
			var text strings.Builder
			err := engine.ExecuteTemplate(&text, name, data)
			return text.String(), err
		},
		"fail": func(message string) (string, error) { return "", errors.New(message) },
		"required": func(message string, value any) (any, error) {
			if value == nil || value == "" {
				return nil, errors.New(message)
			}
			return value, nil
		},
		"default": func(standard any, value any) any {
			if truth, _ := template.IsTrue(value); truth {
				return value
			}
			return standard
		},
		"toYaml":     func(value any) string { return strings.TrimSuffix(toYaml(value, ""), "\n") },
		"quote":      func(value any) string { return fmt.Sprintf("%q", fmt.Sprint(value)) },
		"toString":   func(value any) string { return fmt.Sprint(value) },
		"nindent":    func(spaces int, text string) string { return "\n" + indent(spaces, text) },
		"contains":   func(part, text string) bool { return strings.Contains(text, part) },
		"trimSuffix": func(suffix, text string) string { return strings.TrimSuffix(text, suffix) },
		"trim":       strings.TrimSpace,
		"lower":      strings.ToLower,
		"splitList":  func(separator, text string) []string { return strings.Split(text, separator) },
		"join":       join,
		"sha256sum":  func(text string) string { return fmt.Sprintf("%x", sha256.Sum256([]byte(text))) },
		"int":        toInt,
		"add":        func(one, other any) int64 { return int64(toInt(one) + toInt(other)) },
		"list":       func(items ...any) []any { return items },
		"get":        func(group map[string]any, name string) any { return group[name] },
		"trunc": func(length int, text string) string {
			if len(text) <= length {
				return text
			}
			return text[:length]
		},
		"until": func(count int) []int {
			numbers := make([]int, count)
			for index := range numbers {
				numbers[index] = index
			}
			return numbers
		},
		"dict": func(members ...any) map[string]any {
			group := map[string]any{}
			for index := 0; index+1 < len(members); index += 2 {
				group[fmt.Sprint(members[index])] = members[index+1]
			}
			return group
		},
	}
}

func indent(spaces int, text string) string {
	padding := strings.Repeat(" ", spaces)
	return padding + strings.ReplaceAll(text, "\n", "\n"+padding)
}

func join(separator string, items any) string {
	switch items := items.(type) {
	case []string:
		return strings.Join(items, separator)
	case []any:
		texts := make([]string, len(items))
		for index, item := range items {
			texts[index] = fmt.Sprint(item)
		}
		return strings.Join(texts, separator)
	}
	return fmt.Sprint(items)
}

func toInt(value any) int {
	switch value := value.(type) {
	case int:
		return value
	case int64:
		return int(value)
	case float64:
		return int(value)
	case string:
		number, _ := strconv.Atoi(value)
		return number
	}
	return 0
}

// In blocks, as Helm writes it, with scalars as JSON, which YAML reads as well.
func toYaml(value any, padding string) string {
	var text strings.Builder
	switch value := value.(type) {
	case map[string]any:
		if len(value) == 0 {
			return "{}\n"
		}
		names := make([]string, 0, len(value))
		for name := range value {
			names = append(names, name)
		}
		sort.Strings(names)
		for _, name := range names {
			member := toYaml(value[name], padding+"  ")
			if isBlock(value[name]) {
				member = "\n" + member
			} else {
				member = " " + member
			}
			text.WriteString(padding + scalar(name) + ":" + member)
		}
		return text.String()
	case []any:
		if len(value) == 0 {
			return "[]\n"
		}
		for _, item := range value {
			member := toYaml(item, padding+"  ")
			text.WriteString(padding + "- " + strings.TrimPrefix(member, padding+"  "))
		}
		return text.String()
	}
	return scalar(value) + "\n"
}

func isBlock(value any) bool {
	switch value := value.(type) {
	case map[string]any:
		return len(value) > 0
	case []any:
		return len(value) > 0
	}
	return false
}

func scalar(value any) string {
	text, err := json.Marshal(value)
	if err != nil {
		fail(err)
	}
	return string(text)
}
