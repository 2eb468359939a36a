import { describe, expect, test } from 'bun:test';
import { matcher } from '../../src/admin/match.ts';
import { openApiDocument, statusOf } from '../../src/admin/openapi.ts';
import { problems, problemType } from '../../src/admin/problems.ts';
import type { Route } from '../../src/admin/route.ts';
import { API_PATH, ROUTES } from '../../src/admin/routes.ts';
import { apiStage, NOBODY } from './api-stage.ts';

type Plain = Readonly<Record<string, unknown>>;

interface Operation extends Plain {
  readonly operationId: string;
  readonly summary: string;
  readonly parameters: readonly { readonly name: string; readonly in: string; readonly schema: Plain }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Plain }>> };
  readonly responses: Readonly<Record<string, Plain>>;
  readonly security: readonly Readonly<Record<string, readonly string[]>>[];
}

interface Document extends Plain {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: Readonly<Record<string, Readonly<Record<string, Plain>>>>;
}

const routes: readonly (readonly [string, Route])[] = Object.entries(ROUTES);
// As a reader gets it: text that was parsed.
const document: Document = JSON.parse(JSON.stringify(openApiDocument(ROUTES, API_PATH)));
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
);

test('[A-1.6] the document is served to anybody', async () => {
  await using stage = await apiStage();
  const served = await stage.ask('GET', '/openapi.json', NOBODY);
  expect(served.json).toEqual(document as never);
  expect((await stage.ask('HEAD', '/openapi.json', NOBODY)).text).toBe('');
  expect((await stage.ask('POST', '/openapi.json', NOBODY)).status).toBe(405);
});

test('[A-1.6] it has the operations of the routes, and no other', () => {
  const told = operations.map(({ path, method, operation }) => `${operation.operationId} ${method} ${path}`);
  expect(told.sort()).toEqual(routes.map(([name, { method, path }]) => `${name} ${method} ${path}`).sort());
});

describe('[A-1.6] its form is that of OpenAPI 3.1', () => {
  test('the document has what it must have', () => {
    expect(document['openapi']).toBe('3.1.0');
    expect(document['info']).toMatchObject({ title: expect.any(String), version: expect.any(String) });
    expect(document['servers']).toEqual([{ url: '/api/v1' }]);
  });

  test.each(operations)('$method $path', ({ path, operation }) => {
    const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    const inPath = operation.parameters.filter((each) => each.in === 'path');
    expect(inPath.map(({ name }) => name)).toEqual(names as string[]);
    const places = operation.parameters.map((each) => `${each.in} ${each.name}`);
    expect(new Set(places).size).toBe(places.length);
    for (const parameter of operation.parameters) expect(['path', 'query', 'header']).toContain(parameter.in);
    expect(Object.keys(operation.responses).every((status) => /^(20[014]|default)$/.test(status))).toBeTrue();
    for (const requirement of operation.security) {
      for (const name of Object.keys(requirement)) {
        expect(Object.keys(document.components['securitySchemes'] ?? {})).toContain(name);
      }
    }
  });

  test('each reference leads somewhere, and each schema is one', () => {
    const seen: string[] = [];
    walk(document, (node) => {
      if (typeof node['$ref'] === 'string') {
        const found = node['$ref']
          .slice(2)
          .split('/')
          .reduce<unknown>((at, name) => (at as Plain)[name], document);
        expect(found).toBeObject();
      }
      if (typeof node['type'] !== 'string' || 'in' in node || 'scheme' in node) return;
      seen.push(node['type']);
      expect(['object', 'array', 'string', 'integer', 'number', 'boolean', 'null']).toContain(node['type']);
      if (typeof node['pattern'] === 'string') expect(new RegExp(node['pattern'], 'u')).toBeInstanceOf(RegExp);
      if (node['type'] === 'array') expect(node['items']).toBeObject();
      const required = (node['required'] ?? []) as readonly string[];
      for (const name of required) expect(node['properties'] as object).toHaveProperty(name);
    });
    expect(seen.length).toBeGreaterThan(100);
  });
});

test('[A-1.6] it says what is enforced: access, bodies, answers, refusals', () => {
  for (const [name, route] of routes) {
    const operation = document.paths[route.path]?.[route.method.toLowerCase()];
    expect(operation).toMatchObject({ 'x-vask-needs': route.needs, 'x-vask-scope': route.scope });
    expect([name, operation?.security.length === 0]).toEqual([name, route.needs === 'nobody']);
    const takesTokens = operation?.security.some((each) => 'token' in each) ?? false;
    expect([name, takesTokens]).toEqual([name, route.needs !== 'nobody' && route.scope !== 'session']);
    expect(operation?.requestBody?.content['application/json']?.schema).toEqual(parsed(route.body?.json));
    expect(Object.keys(operation?.responses ?? {})).toEqual([String(statusOf(route)), 'default']);
    // A version that must be named can be had.
    const shown = routes.some(([, each]) => each.path === route.path && each.method === 'GET' && each.tagged);
    if (route.conditional) expect([name, shown]).toEqual([name, true]);
  }
  const properties = (document.components['schemas']?.['Problem']?.['properties'] ?? {}) as Record<string, Plain>;
  const types = properties['type']?.['enum'];
  expect(types).toEqual(Object.keys(problems).map((kind) => problemType(kind as keyof typeof problems)));
});

test('[A-1.6] no two routes fit the same request, but that a name comes before a parameter', () => {
  const match = matcher(ROUTES);
  for (const [name, { method, path }] of routes) {
    expect(match(method, path.replace(/\{\w+\}/g, 'x'))).toMatchObject({ name });
  }
});

const parsed = (value: unknown): never =>
  (value === undefined ? undefined : JSON.parse(JSON.stringify(value))) as never;

function walk(value: unknown, visit: (node: Plain) => void): void {
  if (typeof value !== 'object' || value === null) return;
  // What has members may be asked for them; a list has none of the names that are looked for.
  if (!Array.isArray(value)) visit(value as Plain);
  for (const member of Object.values(value)) walk(member, visit);
}
