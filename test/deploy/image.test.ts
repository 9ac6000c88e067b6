import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { validate } from 'dockerfile-utils';
import { parse } from 'yaml';
import { createCertificate } from '../support/certificate.ts';
import { type ComposeService, composeMissing, composeServices } from '../support/compose.ts';
import { Container, containerAddress, containersMissing } from '../support/container.ts';
import { HelmChart, rendererMissing } from '../support/helm-chart.ts';
import { buildImageTree, dockerfileText, readImage } from '../support/image-tree.ts';
import { root } from '../support/installation.ts';
import { turnServerMissing } from '../support/turn-server.ts';
import { until } from '../support/until.ts';

test('the Dockerfile has no faults that its linter knows', () => {
  assert.deepEqual(validate(dockerfileText), []);
});

describe('the image', () => {
  const image = readImage();
  let tree: string;
  before(() => {
    tree = buildImageTree();
  });

  test('has the packages that a server needs, of the versions of the lock file, and nothing else', () => {
    const { packages } = JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8'));
    const folders = globSync('**/node_modules/{*,@*/*}/package.json', { cwd: tree }).map((file) => path.dirname(file));
    const ours = folders.filter(
      (folder) => /(^|\/)(@proscenium\/)/.test(folder) || path.basename(folder) === 'proscenium',
    );
    assert.deepEqual(ours.map((folder) => path.basename(folder)).sort(), [
      'console',
      'load-test',
      'media',
      'model',
      'participant',
      'proscenium',
      'server',
      'web-broadcast',
    ]);
    const others = folders.filter((folder) => !ours.includes(folder));
    assert.ok(others.includes('node_modules/fastify'));
    for (const folder of others) {
      const { version } = JSON.parse(readFileSync(path.join(tree, folder, 'package.json'), 'utf8'));
      assert.equal(version, packages[folder]?.version, folder);
      assert.ok(!packages[folder].dev, folder);
    }
    const ourFiles = ours.flatMap((folder) => globSync('**/*', { cwd: path.join(tree, folder) }));
    assert.deepEqual(
      ourFiles.filter((file) => /(?<!\.d)\.ts$|\.(test|fixture)\./.test(file)),
      [],
    );
    assert.deepEqual(globSync('*', { cwd: tree }).sort(), ['bin', 'node_modules']);
  });

  test('installs the libraries of its programs', {
    skip: spawnSync('dpkg', ['--version']).error && 'no Debian',
  }, () => {
    const programs = ['node', 'mediasoup-worker'].map((name) => path.join(tree, 'bin', name));
    const { stdout } = spawnSync('ldd', programs, { encoding: 'utf8' });
    const libraries = [...stdout.matchAll(/=> \S+\/([^/\s]+) /g)].map(([, file = '']) => file);
    assert.ok(libraries.includes('libatomic.so.1'), stdout);
    const { stdout: files } = spawnSync('dpkg', ['--listfiles', 'libc6', 'libgcc-s1', ...image.debianPackages], {
      encoding: 'utf8',
    });
    const there = new Set(files.split('\n').map((file) => path.basename(file)));
    assert.deepEqual(
      libraries.filter((name) => !there.has(name)),
      [],
    );
  });

  describe('as a container of the compose files', { skip: containersMissing() || composeMissing }, () => {
    const files = ['compose.yaml', 'compose.turn.yaml'];
    const services = composeMissing ? {} : composeServices(files, { PROSCENIUM_ADDRESS: containerAddress });
    const { proscenium, coturn } = services as Record<string, ComposeService>;
    let container: Container;
    before(async () => {
      const { env, volumes, user, command } = image;
      const secrets = mkdtempSync(path.join(tmpdir(), 'proscenium-secrets-'));
      writeFileSync(path.join(secrets, 'turn-secret'), 'a-secret-that-both-servers-know\n');
      container = await Container.start({
        ...{ tree, volumes, user, command },
        env: { ...env, ...environmentOf(proscenium) },
        files: {
          '/run/secrets/turn-secret': path.join(secrets, 'turn-secret'),
          '/etc/coturn/proscenium.conf': path.join(root, 'deploy/coturn/proscenium.conf'),
        },
      });
      await container.untilWritten('Ready at ');
      rmSync(secrets, { recursive: true });
    });
    after(() => container?.remove());

    test('is built from the Dockerfile, with what this repository has', () => {
      assert.deepEqual(proscenium?.build, { context: root, dockerfile: 'deploy/docker/Dockerfile' });
      for (const { volumes = [] } of Object.values(services)) {
        for (const volume of volumes.filter((each) => each.startsWith('/'))) {
          assert.ok(existsSync(volume.split(':')[0] ?? ''), volume);
        }
      }
      assert.deepEqual(
        proscenium?.volumes,
        image.volumes.map((folder) => `data:${folder}:rw`),
      );
    });

    test('is found alive by its health check', async () => {
      const [command = '', ...args] = image.healthCheck;
      assert.deepEqual(await container.run(command, ...args), { status: 0, stdout: '', stderr: '' });
    });

    test('listens at the ports that the image exposes and compose publishes, and at that of metrics', async () => {
      const { stdout } = await container.run('sh', '-c', 'cd /proc/net; tail -n +2 tcp; echo; tail -n +2 udp');
      const [tcp = '', udp = ''] = stdout.split('\n\n');
      const open = [
        // 0A: listening (net/tcp_states.h)
        ...[...tcp.matchAll(/^ *\d+: 00000000:(\w{4}) \S+ 0A /gm)].map(([, port]) => `${Number(`0x${port}`)}/tcp`),
        ...[...udp.matchAll(/^ *\d+: 00000000:(\w{4}) /gm)].map(([, port]) => `${Number(`0x${port}`)}/udp`),
      ].sort();
      const clients = ['1935/tcp', '1936/tcp', '7080/tcp', '7081/tcp', '7081/udp', '7082/tcp', '7082/udp'];
      assert.deepEqual(open, [...clients, '9464/tcp'].sort());
      const exposed = image.ports.flatMap((ports) => portsOf(ports));
      assert.deepEqual(
        clients.filter((port) => !exposed.includes(port)),
        [],
      );
      const published = (proscenium?.ports ?? []).flatMap((text) => {
        const [, outside, inside] = /^127\.0\.0\.1:([\d-]+):([\d-]+\/\w+)$/.exec(text) ?? [];
        assert.equal(inside?.split('/')[0], outside, text);
        return portsOf(inside ?? '');
      });
      assert.deepEqual(published.sort(), clients);
    });

    test('lets Prometheus read what the alerts need, by the name of the service', async () => {
      const ask = `fetch('http://127.0.0.1:9464/metrics', { headers: { host: 'proscenium:9464' } }).then(async (answer) => console.log(answer.status, await answer.text()))`;
      const { stdout } = await container.run('node', '-e', ask);
      assert.match(stdout, /^200 # /);
      assert.match(stdout, /^proscenium_media_workers_configured 2$/m);
      const { scrape_configs } = parse(
        readFileSync(path.join(root, 'deploy/prometheus/prometheus.compose.yml'), 'utf8'),
      );
      assert.deepEqual(scrape_configs[0].static_configs, [{ targets: ['proscenium:9464'] }]);
    });

    test('is found in order by the doctor inside, with media, codecs and the relay', {
      skip: turnServerMissing(),
    }, async () => {
      const relay = container.run('env', ...settings(environmentOf(coturn)), ...(coturn?.entrypoint ?? []));
      await untilListening(container, 3478, relay);
      const { stdout } = await container.run('proscenium', 'doctor', '--json');
      const { checks } = JSON.parse(stdout) as { checks: { id: string; status: string }[] };
      const failed = checks.filter(({ status }) => status === 'failed');
      assert.deepEqual(failed, []);
      for (const id of [
        'data-folder',
        'media-worker',
        'media',
        'media-udp',
        'media-tcp',
        'codec-child',
        'object-store',
        'turn',
      ]) {
        assert.equal(checks.find((check) => check.id === id)?.status, 'ok', `${id}: ${stdout}`);
      }
    });

    test('writes nowhere but into its volume and its cache', async () => {
      const { status } = await container.run(
        'sh',
        '-c',
        'touch /opt/proscenium/file || touch /var/lib/file || touch /file',
      );
      assert.notEqual(status, 0);
      const { stdout } = await container.run('ls', '-A', ...image.volumes);
      assert.match(stdout, /^credentials$/m);
      assert.doesNotMatch(stdout, /^\.cache$/m);
    });

    test('is backed up from inside', async () => {
      const { status, stdout } = await container.run('sh', '-c', 'proscenium backup - | tar -t');
      assert.equal(status, 0);
      assert.match(stdout, /^proscenium-backup\.json\n/);
    });

    test('ends within seconds when it is stopped', async () => {
      container.signal('SIGTERM');
      assert.deepEqual(await container.ended, { code: 0, signal: null });
    });
  });

  describe('as a pod of the Helm chart', { skip: containersMissing() || rendererMissing }, () => {
    test('is ready by its probes, and before it ends lets what runs go on to its end', async (t) => {
      const pod = new HelmChart(path.join(root, 'deploy/helm/proscenium')).pod({ config: { logLevel: 'debug' } });
      const folder = mkdtempSync(path.join(tmpdir(), 'proscenium-helm-'));
      const file = path.join(folder, 'proscenium.yaml');
      writeFileSync(file, pod.configuration);
      const container = await Container.start({
        tree,
        user: pod.user,
        env: { ...image.env, ...pod.environment(containerAddress) },
        command: [...image.command.slice(0, 1), ...pod.container.args],
        volumes: image.volumes,
        files: { '/etc/proscenium/proscenium.yaml': file },
      });
      t.after(() => container.remove());
      t.after(() => rmSync(folder, { recursive: true }));
      await container.untilWritten('Ready at ');

      const { ports, startupProbe, livenessProbe, readinessProbe, lifecycle } = pod.container;
      const { containerPort } = ports.find(({ name }: { name: string }) => name === 'api');
      for (const { httpGet } of [startupProbe, livenessProbe, readinessProbe]) {
        assert.equal(httpGet.port, 'api');
        const url = `${httpGet.scheme.toLowerCase()}://127.0.0.1:${containerPort}${httpGet.path}`;
        const ask = `fetch(${JSON.stringify(url)}).then(({ status }) => console.log(status))`;
        assert.equal((await container.run('node', '-e', ask)).stdout, '200\n');
      }

      // Somebody's stage would hold it; there is none, so that the drain ends it, and with it the hook.
      const hook = container.run(...lifecycle.preStop.exec.command);
      assert.deepEqual(await container.ended, { code: 0, signal: null });
      await hook;
      assert.match(container.output, /"caller":"SIGUSR2"/);
    });
  });
});

/** As a container engine gives it: an empty variable is one, but says nothing. */
function environmentOf(service: ComposeService | undefined): Record<string, string> {
  return Object.fromEntries(Object.entries(service?.environment ?? {}).map(([name, value]) => [name, String(value)]));
}

function settings(env: Record<string, string>): string[] {
  return Object.entries(env).map(([name, value]) => `${name}=${value}`);
}

async function untilListening(container: Container, port: number, ended: Promise<unknown>): Promise<void> {
  const inHexadecimal = `:${port.toString(16).padStart(4, '0').toUpperCase()} `;
  let result: unknown;
  ended.then((how) => {
    result = how;
  });
  const { stdout } = await until(
    () => container.run('cat', '/proc/net/udp'),
    (sockets) => sockets.stdout.includes(inHexadecimal) || result !== undefined,
  );
  if (!stdout.includes(inHexadecimal)) throw new Error(`It ended: ${JSON.stringify(result)}`);
}

describe('the health check', () => {
  const script = path.join(root, 'deploy/docker/ask-health.mjs');

  async function ask(listen: string): Promise<number | null> {
    const child = spawn(process.execPath, [script], { env: { PROSCENIUM_LISTEN: listen }, stdio: 'ignore' });
    const [code] = await once(child, 'exit');
    return code;
  }

  test('fails where nobody answers, and where it is not told where', async () => {
    assert.equal(await ask('127.0.0.1:9'), 1);
    assert.equal(await ask(''), 1);
  });

  test('takes 200 for health and nothing else', async (t) => {
    let status = 200;
    const server = createServer((_, response) => response.writeHead(status).end()).listen(0, '127.0.0.1');
    t.after(() => server.close());
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    assert.equal(await ask(`0.0.0.0:${port}`), 0);
    status = 503;
    assert.equal(await ask(`0.0.0.0:${port}`), 1);
  });

  test('asks by TLS where the server speaks it, whoever vouches for it', async (t) => {
    const folder = mkdtempSync(path.join(tmpdir(), 'proscenium-health-'));
    t.after(() => rmSync(folder, { recursive: true }));
    const { certFile, keyFile } = createCertificate(folder, 'server', ['DNS:stages.example.com']);
    const server = createTlsServer({ cert: readFileSync(certFile), key: readFileSync(keyFile) }, (_, response) => {
      response.end();
    }).listen(0, '127.0.0.1');
    t.after(() => server.close());
    await once(server, 'listening');
    assert.equal(await ask(`127.0.0.1:${(server.address() as AddressInfo).port}`), 0);
  });
});

/** `7081-7083/udp` as single ports. */
function portsOf(exposed: string): string[] {
  const [, first, last = first, protocol] = /^(\d+)(?:-(\d+))?\/(tcp|udp)$/.exec(exposed) ?? [];
  return Array.from({ length: Number(last) - Number(first) + 1 }, (_, index) => `${Number(first) + index}/${protocol}`);
}
