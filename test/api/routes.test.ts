import { existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { envSchemas } from '../../api/env.ts';
import { auditEndpoints } from '../../api/http/audit-endpoints.ts';
import { requestEndpoints } from '../../api/http/request-endpoints.ts';
import { reviewEndpoints } from '../../api/http/review-endpoints.ts';
import { sessionEndpoints } from '../../api/http/session-endpoints.ts';
import { gatewayResponses, type LambdaName, type Route, routes } from '../../api/routes.ts';
import { root } from '../support/source-file.ts';

const table = Object.entries(routes) as [string, Route][];

/** What each Lambda serves. NB. The tools are used when a route is called, and none is called here. */
const served: Record<LambdaName, object> = {
  requests: requestEndpoints({} as Parameters<typeof requestEndpoints>[0]),
  reviews: reviewEndpoints({} as Parameters<typeof reviewEndpoints>[0]),
  sessions: sessionEndpoints({} as Parameters<typeof sessionEndpoints>[0]),
  audit: auditEndpoints({} as Parameters<typeof auditEndpoints>[0]),
};

test.each(Object.keys(served) as LambdaName[])('%s serves exactly the routes that name it', (lambda) => {
  const named = table.filter(([, route]) => route.lambda === lambda).map(([name]) => name);
  expect(Object.keys(served[lambda]).sort()).toEqual(named.sort());
});

test.each(Object.keys(envSchemas))('%s has a handler and its variables', (lambda) => {
  expect(existsSync(`${root}api/handlers/${lambda}.ts`)).toBe(true);
});

describe('the table', () => {
  test('has no route twice', () => {
    expect(new Set(table.map(([, { method, path }]) => `${method} ${path}`)).size).toBe(table.length);
  });
  test.each(table)('%s has a path that API Gateway and the client can both read', (_name, { path }) => {
    expect(path).toMatch(/^(\/([a-z]+|\{id\}))+$/);
    expect(path.split('{id}').length).toBeLessThanOrEqual(2);
  });
  // NB. A change to who may call a route belongs here as well, so that nobody makes it in passing.
  test('lets only these be called by anybody who is signed in', () => {
    const open = table.filter(([, { caller }]) => caller === 'user').map(([name]) => name);
    expect(open.sort()).toEqual([
      'acceptInvitation',
      'cancelRequest',
      'createRequest',
      'explainTarget',
      'getMe',
      'getRequest',
      'issueSession',
      'listRequests',
      'listTargets',
      'revokeRequest',
    ]);
  });
  test('gives the auditors no route that changes something', () => {
    const methods = table.filter(([, { caller }]) => caller === 'auditor').map(([, { method }]) => method);
    expect(new Set(methods)).toEqual(new Set(['GET']));
  });
});

test.each(Object.entries(gatewayResponses))('%s says what to do', (_type, { status, code, detail }) => {
  expect(status).toBeGreaterThanOrEqual(400);
  expect(code).toMatch(/^(\$authorizer|[a-z]+(-[a-z]+)*)$/);
  expect(detail).toMatch(/^(\$authorizer|[A-Z].*\.)$/);
});
