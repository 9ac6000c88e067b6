import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { before, describe, test } from 'node:test';
import { loadConfig } from '@proscenium/server/configuring';
import { StatefulSet } from 'kubernetes-models/apps/v1';
import { Ingress, NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1';
import { ConfigMap, Service, ServiceAccount } from 'kubernetes-models/v1';
import { parse } from 'yaml';
import { HelmChart, type Manifest, rendererMissing, type Values } from '../support/helm-chart.ts';
import { readImage } from '../support/image-tree.ts';
import { root } from '../support/installation.ts';

const kinds = { StatefulSet, Service, ServiceAccount, ConfigMap, Ingress, NetworkPolicy };

/** Each way that the chart can go. */
const ways: Record<string, Values> = {
  'as it is': {},
  'on ports of the node': { media: { exposure: 'hostPort', announcedAddresses: ['203.0.113.9', '2001:db8::9'] } },
  'on NodePorts': {
    media: { exposure: 'nodePort', port: 30_081, workers: 3 },
    ingest: { nodePort: { rtmps: 30_936 } },
  },
  'with everything': {
    config: { quotas: { publishersPerStage: 50 }, regions: ['eu-west-1'], logLevel: 'debug' },
    existingEnvironmentSecret: 'stages-environment',
    imagePullSecrets: [{ name: 'registry' }],
    publicUrl: 'https://stages.example.com',
    tls: { secretName: 'stages-tls' },
    service: { type: 'LoadBalancer', port: 443, annotations: { color: 'blue' } },
    ingress: {
      enabled: true,
      className: 'nginx',
      host: 'stages.example.com',
      tlsSecretName: 'web-tls',
      annotations: { a: 'b' },
    },
    ingest: { rtmpPort: 'off' },
    metrics: {
      serviceMonitor: { enabled: true },
      prometheusRule: { enabled: true, labels: { release: 'prometheus' } },
    },
    networkPolicy: { enabled: true },
    extraEnv: [{ name: 'NODE_EXTRA_CA_CERTS', value: '/etc/authorities.pem' }],
    podAnnotations: { 'example.com/who': 'video' },
    nodeSelector: { disk: 'fast' },
    tolerations: [{ key: 'media', operator: 'Exists' }],
    affinity: { nodeAffinity: {} },
    serviceAccount: { annotations: { role: 'stages' } },
    persistence: { storageClassName: 'fast', size: '1Ti' },
  },
  'on what is there': { existingConfigSecret: 'stages-config', persistence: { existingClaim: 'old' }, drainSeconds: 0 },
};

describe('the Helm chart', { skip: rendererMissing }, () => {
  let chart: HelmChart;
  before(() => {
    chart = new HelmChart(path.join(root, 'deploy/helm/proscenium'));
  });

  const one = (manifests: readonly Manifest[], kind: string): Manifest => {
    const [found, ...others] = manifests.filter((each) => each.kind === kind);
    assert.ok(found, `there is no ${kind}`);
    if (kind !== 'Service') assert.deepEqual(others, []);
    return found;
  };
  const containerOf = (manifests: readonly Manifest[]) =>
    one(manifests, 'StatefulSet').spec.template.spec.containers[0];

  for (const [way, values] of Object.entries(ways)) {
    test(`makes objects that Kubernetes takes: ${way}`, () => {
      assert.deepEqual(chart.faults(values), []);
      const manifests = chart.manifests(values);
      for (const manifest of manifests) {
        const { kind, apiVersion } = manifest;
        if (apiVersion.startsWith('monitoring.coreos.com/')) continue;
        const Kind = kinds[kind as keyof typeof kinds];
        assert.equal(apiVersion, Kind.apiVersion);
        // biome-ignore lint/suspicious/noExplicitAny: it says itself whether it is one
        new Kind(manifest as any).validate();
        assert.match(manifest.metadata.name, /^stages-proscenium(-media)?$/);
      }
      const { template, selector } = one(manifests, 'StatefulSet').spec;
      for (const each of [selector.matchLabels, one(manifests, 'Service').spec.selector]) {
        assert.deepEqual(each, template.metadata.labels);
      }
      // What is mounted is there, and the other way round.
      const volumes = (template.spec.volumes as { name: string }[]).map(({ name }) => name);
      const claims = (one(manifests, 'StatefulSet').spec.volumeClaimTemplates ?? []) as Manifest[];
      const mounts = (containerOf(manifests).volumeMounts as { name: string }[]).map(({ name }) => name);
      assert.deepEqual([...volumes, ...claims.map(({ metadata }) => metadata.name)].sort(), mounts.sort());
      const names = (containerOf(manifests).ports as { name: string }[]).map(({ name }) => name);
      assert.equal(new Set(names).size, names.length);
      for (const name of names) assert.match(name, /^[a-z0-9-]{1,15}$/);
    });
  }

  test('runs as the user of the image, who may do nothing, on a root that is read-only', () => {
    const manifests = chart.manifests({});
    const { securityContext, hostNetwork } = one(manifests, 'StatefulSet').spec.template.spec;
    assert.equal(securityContext.runAsUser, readImage().user);
    assert.equal(securityContext.runAsNonRoot, true);
    assert.equal(hostNetwork, true);
    assert.deepEqual(containerOf(manifests).securityContext, {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
  });

  test('opens each port of each protocol by its own number, wherever clients come from', () => {
    const numbers = (manifests: Manifest[], member: string) =>
      (containerOf(manifests).ports as Record<string, unknown>[])
        .map((port) => `${port[member]}/${port.protocol}`)
        .sort();
    const usual = ['1935/TCP', '1936/TCP', '7080/TCP', '7081/TCP', '7081/UDP', '7082/TCP', '7082/UDP'];
    assert.deepEqual(numbers(chart.manifests({}), 'containerPort'), usual);
    const onHost = numbers(chart.manifests({ media: { exposure: 'hostPort' } }), 'hostPort');
    assert.deepEqual(onHost, [...usual.filter((port) => port !== '7080/TCP'), 'undefined/TCP']);

    const onNodes = chart.manifests(ways['on NodePorts'] ?? {});
    const media = onNodes.find(({ metadata }) => metadata.name === 'stages-proscenium-media');
    assert.ok(media);
    for (const { name, port, nodePort } of media.spec.ports as { name: string; port: number; nodePort: number }[]) {
      if (name.startsWith('media-')) assert.equal(nodePort, port);
    }
    assert.equal(media.spec.ports.length, 8);

    const policy = one(chart.manifests({ networkPolicy: { enabled: true } }), 'NetworkPolicy').spec.ingress[0].ports;
    assert.deepEqual(
      (policy as Record<string, unknown>[]).map(({ port, protocol }) => `${port}/${protocol}`).sort(),
      usual,
    );
  });

  test('refuses values that would not work', () => {
    assert.throws(
      () => chart.render({ media: { exposure: 'nodePort' } }),
      /media\.port: with media\.exposure nodePort/,
    );
    assert.throws(() => chart.render({ config: { region: 'x' }, existingConfigSecret: 'y' }), /set one of them/);
    assert.throws(() => chart.render({ ingress: { enabled: true } }), /ingress\.host: is missing/);
    assert.throws(
      () => chart.render({ metrics: { serviceMonitor: { enabled: true } } }),
      /PROSCENIUM_METRICS_BEARER_TOKEN/,
    );
    for (const [values, fault] of [
      [{ media: { exposure: 'host' } }, '/media/exposure'],
      [{ media: { announcedAddresses: ['stages.example.com'] } }, '/media/announcedAddresses/0'],
      [{ ingest: { rtmpPort: 'on' } }, '/ingest/rtmpPort'],
      [{ replicas: 2 }, ' must NOT have additional properties'],
      [{ publicUrl: 'stages.example.com' }, '/publicUrl'],
    ] as const) {
      assert.ok(
        chart.faults(values).some((each) => each.startsWith(fault)),
        JSON.stringify(values),
      );
    }
  });

  test('has defaults that are those of the server, and names variables that it knows', () => {
    const config = loadConfig({ environment: {}, flags: {} });
    const { media, ingest, service } = chart.defaults as Record<string, Record<string, unknown>>;
    assert.equal(media?.port, config.media.port);
    assert.equal(service?.port, config.listen.port);
    assert.deepEqual([ingest?.rtmpPort, ingest?.rtmpsPort], [config.ingest.rtmpPort, config.ingest.rtmpsPort]);
    const { version } = JSON.parse(readFileSync(path.join(root, 'packages/cli/package.json'), 'utf8'));
    assert.equal(chart.about.appVersion, version);
  });

  test('gives the server a configuration that it takes, with the environment over it', (t) => {
    const folder = mkdtempSync(path.join(tmpdir(), 'proscenium-helm-'));
    t.after(() => rmSync(folder, { recursive: true }));
    const pod = chart.pod({ ...ways['with everything'], tls: { secretName: '' } });
    const file = path.join(folder, 'proscenium.yaml');
    writeFileSync(file, pod.configuration);
    const config = loadConfig({ file, environment: pod.environment('192.0.2.7'), flags: {} });
    assert.equal(config.quotas.publishersPerStage, 50);
    assert.equal(config.logLevel, 'debug');
    assert.equal(config.publicUrl, 'https://stages.example.com');
    assert.equal(config.data, '/var/lib/proscenium/data');
    assert.equal(config.ingest.rtmpPort, undefined);
    assert.equal(config.media.workers, 2);
    assert.ok(config.hostNames.includes('stages-proscenium.media.svc'));
    assert.deepEqual(config.media.announcedAddresses, ['192.0.2.7']);
  });

  test('brings the alerts of deploy/prometheus', () => {
    const rules = readFileSync(path.join(root, 'deploy/prometheus/proscenium.rules.yml'), 'utf8');
    const rule = one(chart.manifests({ metrics: { prometheusRule: { enabled: true } } }), 'PrometheusRule');
    assert.deepEqual(rule.spec, parse(rules));
  });

  test('tells where the key is', () => {
    const notes = chart.render({}).get('NOTES.txt') ?? '';
    assert.match(notes, /exec stages-proscenium-0 -- cat \/var\/lib\/proscenium\/data\/credentials/);
    assert.match(notes, /open 7081, 7082 \(UDP and TCP\)/);
  });
});
