import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { CreatedView, RequestDetailView } from '../../api/contract.ts';
import type { LambdaFunction } from '../../api/env.ts';
import { apiBase, type RouteName, routes, tokenHeaders } from '../../api/routes.ts';
import type { Bundles } from '../../infra/bundles.ts';
import { listen } from '../../infra/local/listen.ts';
import { client } from '../../infra/local/oidc-client.ts';
import type { ReadyUser } from '../../infra/local/ready-users.ts';
import { type Stack, startStack } from '../../infra/local/stack.ts';
import { createSignInClient } from '../infra/local/sign-in-client.ts';
import type { TokenPair } from '../support/tokens.ts';
import { type Ask, newRequests, onlyOne, reviewOf, type Site } from './probes.ts';

/** The Lambdas that nobody calls and nobody waits for. */
export const unattended = ['sweep', 'enforce', 'announce'] as const satisfies readonly LambdaFunction[];
export type Unattended = (typeof unattended)[number];

export interface RunningSite extends Site {
  accessKeyOf(lambda: LambdaFunction): string;
  /**
   * Has that Lambda do its usual work once: the schedules find nothing due, `announce` has a new request to tell of.
   * @returns milliseconds: of the schedules' runs, and until the topic has the message
   */
  readonly run: Readonly<Record<Unattended, () => Promise<number>>>;
  stop(): Promise<void>;
}

export interface SiteOptions {
  readonly dynamoDbEndpoint: string;
  readonly tableName: string;
  readonly issuerPort: number;
  readonly users: readonly ReadyUser[];
  readonly policyDocument: unknown;
  /** made of that policy: what is measured is what AWS runs */
  readonly bundles: Bundles;
  /** `sub` of who asks as the engineer */
  readonly engineer: string;
  readonly own: readonly string[];
}

/** Longer than a run. */
const tokenSeconds = 2 * 3600;

/** The whole product before that table, with its people signed in and one request active. */
export async function startSite(options: SiteOptions): Promise<RunningSite> {
  const directory = mkdtempSync(join(tmpdir(), 'stepladder-bench-'));
  const logs: string[] = [];
  const stack = await startStack({
    ...options,
    policy: { document: options.policyDocument },
    port: 0,
    signinPort: 0,
    directory,
    pages: () => (_request, response) => response.writeHead(404).end(),
    onLog: (line) => logs.push(line),
    sweepIntervalMs: 0,
    accessTokenSeconds: tokenSeconds,
  });
  const stop = async () => {
    await stack.stop();
    rmSync(directory, { recursive: true });
  };
  const tokens = {
    engineer: await signIn(stack, options.engineer),
    reviewer: await signIn(stack, 'reviewer'),
    auditor: await signIn(stack, 'auditor'),
    operator: await signIn(stack, 'operator'),
  };
  const call: Site['call'] = (by, route, ask) => send(stack.url, tokens[by], route, ask);
  const asked = onlyOne(await call<CreatedView>('engineer', 'createRequest', newRequests('Network')));
  await call('reviewer', 'reviewRequest', reviewOf(asked));
  const timed = async (work: Promise<void>) => {
    const begun = performance.now();
    await work;
    return performance.now() - begun;
  };
  const run = {
    sweep: () => timed(stack.sweepNow()),
    enforce: () => timed(stack.enforceNow()),
    announce: async () => {
      const before = stack.aws.sns.calls.length;
      const { id } = onlyOne(await call<CreatedView>('engineer', 'createRequest', newRequests('Deploy')));
      const ms = await timed(until(() => stack.aws.sns.calls.length > before));
      // That it was sent is noted afterwards.
      await delay(500);
      await call('engineer', 'cancelRequest', { id, body: {} });
      return ms;
    },
  };
  const accessKeyOf = (lambda: LambdaFunction) => stack.aws.principalOf(lambda).accessKeyId;
  return { call, own: options.own, active: asked.id, accessKeyOf, run, stop };
}

async function until(come: () => boolean): Promise<void> {
  while (!come()) await delay(10);
}

function signIn({ issuer, url }: Stack, sub: string): Promise<TokenPair> {
  const browser = createSignInClient({
    issuer,
    appOrigin: url,
    clientId: client.id,
    audience: client.audience,
  });
  return browser.signIn(sub);
}

/** On a machine that is busy with something else the database is late: then it asks again, as people are told to. */
async function send<T>(origin: string, tokens: TokenPair, route: RouteName, ask: Ask): Promise<T> {
  const call = asRequest(origin, tokens, route, ask);
  let response = await fetch(call.url, call.request);
  let late = 0;
  for (; response.status === 503 && late < 5; late += 1) {
    await response.body?.cancel();
    response = await fetch(call.url, call.request);
  }
  const text = await response.text();
  // What nobody answered was done all the same, and is not to be done twice.
  if (late > 0 && [403, 409].includes(response.status) && ask.id !== undefined) {
    const { request } = await send<RequestDetailView>(origin, tokens, 'getRequest', { id: ask.id });
    return request as T;
  }
  if (!response.ok) throw new Error(`${route} ${call.url.pathname}: ${response.status} ${text}`);
  const isJson = /^application\/json\b/.test(response.headers.get('content-type') ?? '');
  return (isJson ? JSON.parse(text) : text) as T;
}

function asRequest(origin: string, tokens: TokenPair, route: RouteName, { id, query, body }: Ask) {
  const { method, path } = routes[route];
  const url = new URL(`${apiBase}${path.replace('{id}', id ?? '')}`, origin);
  url.search = new URLSearchParams(query).toString();
  const headers = {
    [tokenHeaders.access]: `Bearer ${tokens.access}`,
    [tokenHeaders.id]: tokens.id,
    ...(body !== undefined && { 'Content-Type': 'application/json', 'Idempotency-Key': randomUUID() }),
  };
  return { url, request: { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) } };
}

/** A port for the provider, kept until it is wanted: the ids of people begin with the provider's address. */
export async function keepPort(): Promise<{ port: number; release: () => Promise<void> }> {
  const { port, stop } = await listen(createServer(), 0);
  return { port, release: stop };
}
