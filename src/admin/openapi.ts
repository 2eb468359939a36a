// The OpenAPI document, made of the same routes and schemas that requests are checked with.
import { type ProblemKind, problems, problemType } from './problems.ts';
import { type Route, type Routes, SCOPES } from './route.ts';
import type { JsonSchema } from './schema.ts';

const PROBLEM: JsonSchema = {
  type: 'object',
  properties: {
    type: { type: 'string', enum: Object.keys(problems).map((kind) => problemType(kind as ProblemKind)) },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    advice: { type: 'string' },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        properties: { pointer: { type: 'string' }, detail: { type: 'string' } },
        required: ['pointer', 'detail'],
      },
    },
  },
  required: ['type', 'title', 'status', 'advice'],
};

export function openApiDocument(routes: Routes, apiPath: string): JsonSchema {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const [name, route] of Object.entries(routes)) {
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: operationOf(name, route) };
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Vask admin API', version: '1', license: { name: 'MIT', identifier: 'MIT' } },
    servers: [{ url: apiPath }],
    paths,
    components: {
      schemas: { Problem: PROBLEM },
      responses: {
        Problem: {
          description: 'A refusal (RFC 9457)',
          content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
        },
      },
      securitySchemes: {
        session: { type: 'apiKey', in: 'cookie', name: 'vask_session' },
        csrf: { type: 'apiKey', in: 'header', name: 'X-CSRF-Token' },
        token: { type: 'http', scheme: 'bearer', description: `Scopes: ${SCOPES.join(', ')}.` },
      },
    },
  };
}

function operationOf(name: string, route: Route): JsonSchema {
  const { summary, body, needs, scope } = route;
  return {
    operationId: name,
    summary,
    parameters: parametersOf(route),
    ...(body === undefined
      ? {}
      : { requestBody: { required: true, content: { 'application/json': { schema: body.json } } } }),
    responses: { [statusOf(route)]: successOf(route), default: { $ref: '#/components/responses/Problem' } },
    security: securityOf(route),
    'x-vask-needs': needs,
    'x-vask-scope': scope,
  };
}

export function statusOf({ answer, stream, status }: Route): number {
  return answer === undefined && stream === undefined ? 204 : (status ?? 200);
}

function successOf({ answer, stream, tagged }: Route): JsonSchema {
  if (stream !== undefined) {
    // OpenAPI has no words for the events of a stream, so they are said as an object: name of the event → its data.
    const content = { 'text/event-stream': { schema: { type: 'string' }, 'x-vask-events': stream.json } };
    return { description: 'Server-Sent Events', content };
  }
  if (answer === undefined) return { description: 'Done' };
  const headers = tagged ? { headers: { ETag: { schema: { type: 'string' } } } } : {};
  return { description: 'Done', ...headers, content: { 'application/json': { schema: answer.json } } };
}

function parametersOf({ path, query, conditional }: Route): readonly JsonSchema[] {
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => {
    return { name, in: 'path', required: true, schema: { type: 'string' } };
  });
  const properties = (query?.json['properties'] ?? {}) as Readonly<Record<string, JsonSchema>>;
  const inQuery = Object.entries(properties).map(([name, schema]) => ({ name, in: 'query', required: false, schema }));
  const inHeader = conditional ? [{ name: 'If-Match', in: 'header', required: true, schema: { type: 'string' } }] : [];
  return [...inPath, ...inQuery, ...inHeader];
}

function securityOf({ needs, scope, method }: Route): readonly JsonSchema[] {
  if (needs === 'nobody') return [];
  const session = method === 'GET' ? { session: [] } : { session: [], csrf: [] };
  return scope === 'session' ? [session] : [session, { token: [] }];
}
