import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Ajv } from 'ajv';
import { parse, parseAllDocuments } from 'yaml';
import { root } from './installation.ts';
import { atProcessEnd } from './process-end.ts';

/** A member of the values of a chart. */
export interface Values {
  readonly [name: string]: unknown;
}

/** An object of Kubernetes, as a manifest has it. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
  // biome-ignore lint/suspicious/noExplicitAny: each kind has a form of its own, which its schema checks
  readonly [member: string]: any;
}

/** What Kubernetes starts. */
export interface Pod {
  readonly container: Manifest['spec'];
  readonly user: number;
  /** On a node with that address. */
  environment(nodeAddress: string): Record<string, string>;
  readonly configuration: string;
}

const release = { Name: 'stages', Namespace: 'media', Service: 'Helm' };
const compiler = ['gccgo', 'gccgo-12'].find((name) => spawnSync(name, ['--version']).error === undefined);

/** A reason to skip, or false. */
export const rendererMissing = compiler === undefined && 'no compiler of Go (Debian package gccgo)';

/** A chart of this repository, rendered as `helm template stages --namespace media` does. */
export class HelmChart {
  readonly #folder: string;
  readonly #renderer: string;
  readonly #isValid: ReturnType<Ajv['compile']>;
  readonly defaults: Values;
  readonly about: { readonly name: string; readonly version: string; readonly appVersion: string };

  /** @throws where the renderer cannot be compiled */
  constructor(folder: string) {
    this.#folder = folder;
    const work = mkdtempSync(path.join(tmpdir(), 'proscenium-chart-'));
    atProcessEnd(() => rmSync(work, { recursive: true, force: true }));
    this.#renderer = path.join(work, 'render-chart');
    const source = path.join(root, 'test/support/render-chart.go');
    const { status, stderr } = spawnSync(compiler ?? '', ['-o', this.#renderer, source], { encoding: 'utf8' });
    if (status !== 0) throw new Error(`The renderer cannot be compiled: ${stderr}`);
    this.defaults = parse(this.#read('values.yaml'));
    this.about = parse(this.#read('Chart.yaml'));
    this.#isValid = new Ajv({ allErrors: true, strict: false }).compile(JSON.parse(this.#read('values.schema.json')));
  }

  /** What is wrong with values, by the chart's schema. */
  faults(values: Values): string[] {
    this.#isValid(overlay(this.defaults, values));
    return (this.#isValid.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
  }

  /** Every template's text, by its name. @throws with what a template says is wrong */
  render(values: Values): Map<string, string> {
    const templates = readdirSync(path.join(this.#folder, 'templates'));
    const files = readdirSync(this.#folder).filter((name) => name.endsWith('.rules.yml'));
    const { name, version, appVersion } = this.about;
    const input = {
      templates: Object.fromEntries(templates.map((file) => [file, this.#read(`templates/${file}`)])),
      files: Object.fromEntries(files.map((file) => [file, this.#read(file)])),
      values: overlay(this.defaults, values),
      release,
      chart: { Name: name, Version: version, AppVersion: appVersion },
    };
    const { status, stdout, stderr } = spawnSync(this.#renderer, { input: JSON.stringify(input), encoding: 'utf8' });
    if (status !== 0) throw new Error(stderr.trim());
    return new Map(Object.entries<string>(JSON.parse(stdout)));
  }

  /** All objects that the templates make. */
  manifests(values: Values): Manifest[] {
    const texts = [...this.render(values)].filter(([file]) => file.endsWith('.yaml'));
    return texts.flatMap(([file, text]) =>
      parseAllDocuments(text, { uniqueKeys: true }).flatMap((document) => {
        if (document.errors[0]) throw new Error(`${file}: ${document.errors[0].message}\n${text}`);
        return document.toJS() ?? [];
      }),
    );
  }

  /** The only pod, and the file that is mounted into it. */
  pod(values: Values): Pod {
    const manifests = this.manifests(values);
    const { containers, securityContext } =
      manifests.find(({ kind }) => kind === 'StatefulSet')?.spec.template.spec ?? {};
    const [container] = containers;
    const variables = container.env as {
      name: string;
      value?: string;
      valueFrom?: { fieldRef: { fieldPath: string } };
    }[];
    const read = ({ name, value, valueFrom }: (typeof variables)[number], nodeAddress: string): string => {
      if (value !== undefined) return value;
      if (valueFrom?.fieldRef.fieldPath === 'status.hostIP') return nodeAddress;
      throw new Error(`The variable ${name} has no value`);
    };
    return {
      container,
      user: securityContext.runAsUser,
      environment: (nodeAddress) => Object.fromEntries(variables.map((each) => [each.name, read(each, nodeAddress)])),
      configuration: manifests.find(({ kind }) => kind === 'ConfigMap')?.data['proscenium.yaml'],
    };
  }

  #read(file: string): string {
    return readFileSync(path.join(this.#folder, file), 'utf8');
  }
}

/** As Helm lays values over the chart's own: group by group. */
function overlay(below: Values, above: Values): Values {
  const members = Object.entries(above).map(([name, value]) => {
    const covered = below[name];
    return [name, isGroup(covered) && isGroup(value) ? overlay(covered, value) : value];
  });
  return { ...below, ...Object.fromEntries(members) };
}

function isGroup(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
