// What deploy/ hands out and no engine here can run is read with care instead: it parses, has the fields that count, names
// only settings, metrics and paths that exist, and fits together. The proxies are tried out in test/proxies, and the content
// of the image in test/binary.
import { describe, expect, test } from 'bun:test';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { APP_VARIABLES, CONFIG_VARIABLE } from '../src/config/environment.ts';
import { SETTING_NAMES, variableOf } from '../src/config/schema.ts';
import { METRICS } from '../src/telemetry/metric-table.ts';

const ROOT = join(import.meta.dir, '..');
const DEPLOY = join(ROOT, 'deploy');
const read = (path: string): string => readFileSync(join(DEPLOY, path), 'utf8');

type Plain = Readonly<Record<string, unknown>>;

/** A value deep inside of another; undefined where the way ends. */
function at(value: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((inner, name) => (inner as Plain | undefined)?.[name], value);
}

const documents = (path: string): Plain[] => [Bun.YAML.parse(read(path))].flat() as Plain[];

const paths = readdirSync(DEPLOY, { recursive: true, encoding: 'utf8' }).filter((path) => /\.\w+$|file$/.test(path));
const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };

test('deploy/ names only settings that exist', () => {
  const known = new Set<string>([...SETTING_NAMES.map(variableOf), ...APP_VARIABLES, CONFIG_VARIABLE]);
  const named = paths.flatMap((path) =>
    [...read(path).matchAll(/\bVASK_[A-Z_]+\b/g)].map(([name]) => ({ path, name })),
  );
  expect(named.filter(({ name }) => !known.has(name))).toEqual([]);
  expect(named.length).toBeGreaterThan(20);
});

test('deploy/ names the version that this is', () => {
  const named = paths.flatMap((path) => [...read(path).matchAll(/\bvask:(\d[\w.]*)/g)].map(([, tag]) => tag));
  expect(new Set(named)).toEqual(new Set([version]));
});

describe('Kubernetes', () => {
  const all = documents('kubernetes/vask.yaml');
  const ofKind = (kind: string): Plain => {
    const found = all.find((document) => document['kind'] === kind);
    if (found === undefined) throw new Error(`There is no ${kind}.`);
    return found;
  };
  const labels = { 'app.kubernetes.io/name': 'vask' };

  test('each document has the version of the API that goes with its kind', () => {
    expect(all.map(({ apiVersion, kind }) => `${apiVersion} ${kind}`)).toEqual([
      'apps/v1 Deployment',
      'v1 Service',
      'policy/v1 PodDisruptionBudget',
      'autoscaling/v2 HorizontalPodAutoscaler',
      'networking.k8s.io/v1 NetworkPolicy',
    ]);
    expect(documents('kubernetes/secret.example.yaml')).toMatchObject([{ apiVersion: 'v1', kind: 'Secret' }]);
  });

  test('all of them are about the same pods', () => {
    expect(at(ofKind('Deployment'), 'spec.template.metadata.labels')).toEqual(labels);
    for (const [kind, path] of [
      ['Deployment', 'spec.selector.matchLabels'],
      ['Service', 'spec.selector'],
      ['PodDisruptionBudget', 'spec.selector.matchLabels'],
      ['NetworkPolicy', 'spec.podSelector.matchLabels'],
    ] as const) {
      expect([kind, at(ofKind(kind), path)]).toEqual([kind, labels]);
    }
    expect(at(ofKind('HorizontalPodAutoscaler'), 'spec.scaleTargetRef')).toMatchObject({
      kind: 'Deployment',
      name: 'vask',
    });
  });

  const container = at(ofKind('Deployment'), 'spec.template.spec.containers.0') as Plain;

  test('probes ask for what they are about: a node that is cut off is not restarted', () => {
    expect(at(container, 'livenessProbe.httpGet')).toEqual({ path: '/up', port: 'http' });
    expect(at(container, 'startupProbe.httpGet')).toEqual({ path: '/up', port: 'http' });
    expect(at(container, 'readinessProbe.httpGet')).toEqual({ path: '/ready', port: 'http' });
    expect(at(container, 'ports.0')).toEqual({ name: 'http', containerPort: 6001 });
    expect(at(ofKind('Service'), 'spec.ports.0.targetPort')).toBe('http');
    expect(at(ofKind('NetworkPolicy'), 'spec.ingress.0.ports.0.port')).toBe(6001);
  });

  test('the pod has no rights, and longer to stop than the server takes', () => {
    expect(at(container, 'securityContext')).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
    expect(at(ofKind('Deployment'), 'spec.template.spec.securityContext.runAsNonRoot')).toBe(true);
    const env = container['env'] as readonly { readonly name: string; readonly value?: string }[];
    const seconds = Number(env.find(({ name }) => name === 'VASK_SHUTDOWN_SECONDS')?.value);
    const grace = Number(at(ofKind('Deployment'), 'spec.template.spec.terminationGracePeriodSeconds'));
    expect(grace).toBeGreaterThanOrEqual(seconds + 10);
  });

  test('every folder that is mounted is a volume', () => {
    const mounted = (container['volumeMounts'] as readonly Plain[]).map(({ name }) => name);
    const volumes = (at(ofKind('Deployment'), 'spec.template.spec.volumes') as readonly Plain[]).map(
      ({ name }) => name,
    );
    expect(mounted).toEqual(volumes);
  });

  test('the number of pods follows a metric that there is', () => {
    const name = at(ofKind('HorizontalPodAutoscaler'), 'spec.metrics.0.pods.metric.name');
    expect(Object.keys(METRICS)).toContain(String(name));
  });
});

describe('Docker', () => {
  const lines = read('docker/Dockerfile')
    .replaceAll(/\\\n\s*/g, '')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
  const last = lines.slice(lines.findLastIndex((line) => line.startsWith('FROM ')));

  test('the file has only instructions that there are, and copies only what is there', () => {
    const known = /^(FROM|WORKDIR|COPY|RUN|USER|ENV|EXPOSE|VOLUME|HEALTHCHECK|STOPSIGNAL|ENTRYPOINT|CMD) /;
    expect(lines.filter((line) => !known.test(line))).toEqual([]);
    const copied = lines.flatMap((line) => (/^COPY (?!--)(.*) \S+$/.exec(line)?.[1] ?? '').split(' ').filter(Boolean));
    expect(copied.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
    const stages = lines.flatMap((line) => /^FROM \S+ AS (\w+)$/.exec(line)?.[1] ?? []);
    const from = lines.flatMap((line) => /^COPY --from=(\w+)/.exec(line)?.[1] ?? []);
    expect(from.filter((stage) => !stages.includes(stage))).toEqual([]);
  });

  test('the image runs as nobody in particular, checks its health, and stops in peace', () => {
    for (const line of [
      'USER 65532:65532',
      'STOPSIGNAL SIGTERM',
      'ENTRYPOINT ["/usr/local/bin/vask"]',
      'CMD ["serve"]',
    ]) {
      expect(last).toContain(line);
    }
    expect(last.find((line) => line.startsWith('HEALTHCHECK'))).toContain('"/usr/local/bin/vask", "health"');
  });

  test('what makes secrets and results is not sent to the builder', () => {
    const ignored = readFileSync(join(ROOT, '.dockerignore'), 'utf8').split('\n');
    for (const path of ['.git', 'node_modules', 'dist', '**/vask-data']) expect(ignored).toContain(path);
  });

  const compose = documents('docker/compose.yaml')[0] ?? {};
  const services = compose['services'] as Readonly<Record<string, Plain>>;

  test('compose starts Vask when Valkey and PostgreSQL are healthy, and keeps what they write', () => {
    expect(Object.keys(services)).toEqual(['vask', 'valkey', 'postgres']);
    expect(Object.keys(at(services, 'vask.depends_on') as Plain)).toEqual(['valkey', 'postgres']);
    for (const name of ['vask', 'valkey', 'postgres']) {
      expect([name, at(services, `${name}.healthcheck.test`)]).toEqual([name, expect.any(Array)]);
      expect([name, at(services, `${name}.restart`)]).toEqual([name, 'unless-stopped']);
    }
    const named = ['valkey', 'postgres'].flatMap((name) => at(services, `${name}.volumes`) as string[]);
    expect(named.map((volume) => volume.split(':')[0])).toEqual(Object.keys(compose['volumes'] as Plain));
  });

  test('compose has no secret in it, and the example lists all that it asks for', () => {
    const asked = [...read('docker/compose.yaml').matchAll(/\$\{(\w+):\?\}/g)].map(([, name]) => name);
    const listed = [...read('docker/.env.example').matchAll(/^(\w+)=/gm)].map(([, name]) => name);
    expect(new Set(asked)).toEqual(new Set(listed));
  });
});

describe('systemd', () => {
  const unit = read('systemd/vask.service');
  const value = (name: string): string | undefined => new RegExp(`^${name}=(.*)$`, 'm').exec(unit)?.[1];

  test('the unit restarts Vask, gives it files enough, and waits for it to stop', () => {
    expect([value('Restart'), value('KillSignal')]).toEqual(['always', 'SIGTERM']);
    expect(Number(value('LimitNOFILE'))).toBeGreaterThanOrEqual(1_048_576);
    expect(Number(value('TimeoutStopSec'))).toBeGreaterThanOrEqual(30);
    // The engine compiles while it runs.
    expect(value('MemoryDenyWriteExecute')).toBeUndefined();
    for (const name of ['DynamicUser', 'NoNewPrivileges', 'PrivateTmp', 'ProtectHome']) {
      expect([name, value(name)]).toEqual([name, 'yes']);
    }
  });

  test.skipIf(Bun.which('systemd-analyze') === null)('systemd itself takes the unit', () => {
    const folder = mkdtempSync(join(tmpdir(), 'vask-unit-'));
    try {
      // Where the program would be is nothing yet.
      writeFileSync(join(folder, 'vask.service'), unit.replaceAll('/usr/local/bin/vask', '/bin/true'));
      const verify = Bun.spawnSync(['systemd-analyze', 'verify', join(folder, 'vask.service')], { stderr: 'pipe' });
      expect({ said: verify.stderr.toString(), code: verify.exitCode }).toEqual({ said: '', code: 0 });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  test('the kernel settings are those that the doctor looks at, and others that exist', () => {
    const names = [...read('systemd/99-vask.conf').matchAll(/^([a-z0-9_.]+) = /gm)].map(([, name]) => name ?? '');
    const here = names.filter((name) => existsSync(`/proc/sys/${name.replaceAll('.', '/')}`));
    // A container hides those of the whole machine.
    expect(here.length).toBeGreaterThanOrEqual(process.platform === 'linux' ? 3 : 0);
  });
});

test('Traefik leads its router to its service, and asks what a balancer asks', () => {
  const [traefik] = documents('proxies/traefik.yaml');
  expect(at(traefik, 'http.routers.vask.service')).toBe('vask');
  expect(at(traefik, 'http.services.vask.loadBalancer.healthCheck.path')).toBe('/ready');
  expect(at(traefik, 'http.services.vask.loadBalancer.servers')).toEqual([{ url: 'http://127.0.0.1:6001' }]);
});
