import { type RouteName, routes } from '../../api/routes.ts';
import type { Measured } from './measured.ts';
import { priceOf } from './prices.ts';
import * as usage from './usage.ts';

/** What a month costs, in US dollars, computed from what was measured, how it is used and what AWS asks. */

export interface Cost {
  readonly of: string;
  readonly usd: number;
}

const hours = 730;
const gb = 1_000_000_000;
const names = Object.keys(routes) as RouteName[];

/** @param requests for access, in a month */
export function monthlyCosts(measured: Measured, requests: number): Cost[] {
  const calls = names.map((name) => callsOf(name, requests));
  const apiCalls = sum(calls);
  const visits = requests * usage.perRequest.visits;
  const invocations = invocationsOf(apiCalls, requests);
  return [
    { of: 'API Gateway', usd: priceOf('apiCall', apiCalls) },
    { of: 'Lambda', usd: lambdas(measured, requests, invocations) },
    { of: 'DynamoDB', usd: database(measured, requests) },
    { of: 'CloudFront', usd: distribution(apiCalls, visits) },
    { of: 'AWS WAF', usd: firewall(apiCalls) },
    { of: 'Messages (SNS, SES, EventBridge)', usd: messages(requests) },
    { of: 'KMS, Secrets Manager', usd: keys() },
    { of: 'CloudWatch', usd: watch(apiCalls, invocations) },
  ];
}

/** What the private network adds, whatever is asked for. */
export function privateNetworkCosts(): Cost[] {
  const { endpoints, zones, balancers } = usage.privateNetwork;
  return [
    { of: 'VPC endpoints', usd: priceOf('endpointHour', endpoints * zones * hours) },
    { of: 'Load balancer', usd: priceOf('balancerHour', balancers * hours) },
  ];
}

function callsOf(name: RouteName, requests: number): number {
  return requests * usage.callsPerRequest[name] + (usage.callsPerMonth[name] ?? 0);
}

interface Invocations {
  /** for people: each call of the API is one of the authorizer, too */
  readonly answering: number;
  /** the two schedules */
  readonly scheduled: number;
  readonly announcing: number;
}

function invocationsOf(apiCalls: number, requests: number): Invocations {
  const { published, mailed } = usage.perRequest;
  return {
    answering: 2 * apiCalls,
    scheduled: 2 * hours * 60,
    announcing: requests * (published + mailed),
  };
}

function lambdas(
  { routes: uses, unattended, loads }: Measured,
  requests: number,
  count: Invocations,
): number {
  const { answering, unattended: less } = usage.memory;
  // What asks the table for nothing is mostly the authorizer.
  const answered = sum(names.map((name) => callsOf(name, requests) * (uses[name].ms + uses.listTargets.ms)));
  const cold = requests * usage.perRequest.visits * usage.coldPerVisit * Math.max(...Object.values(loads));
  const runs = count.scheduled / 2;
  const alone =
    runs * (unattended.sweep.ms + unattended.enforce.ms) + count.announcing * unattended.announce.ms;
  const gbSeconds = ((answered + cold) * answering + alone * less) * (usage.slower / 1000);
  return priceOf('computing', gbSeconds) + priceOf('invocation', sum(Object.values(count)));
}

function database({ routes: uses, unattended, storedBytes }: Measured, requests: number): number {
  const units = (part: 'read' | 'write') =>
    sum(names.map((name) => callsOf(name, requests) * uses[name][part])) +
    hours * 60 * (unattended.sweep[part] + unattended.enforce[part]) +
    requests * (usage.perRequest.published + usage.perRequest.mailed) * unattended.announce[part];
  const stored = (usage.months * requests * storedBytes) / gb;
  return (
    priceOf('readUnit', units('read')) +
    priceOf('writeUnit', units('write')) +
    priceOf('stored', stored) +
    priceOf('backedUp', stored)
  );
}

function distribution(apiCalls: number, visits: number): number {
  const files = visits * usage.filesPerVisit;
  const sent = (visits * usage.bytes.visit + apiCalls * usage.bytes.answer) / gb;
  return (
    priceOf('pageRequest', files + apiCalls) +
    priceOf('edgeFunction', files + apiCalls) +
    priceOf('transfer', sent)
  );
}

function firewall(apiCalls: number): number {
  return (
    priceOf('webAcl', 1) + priceOf('webAclRule', usage.parts.webAclRules) + priceOf('inspected', apiCalls)
  );
}

function messages(requests: number): number {
  const { published, mailed, reviewers, events } = usage.perRequest;
  return (
    // Once more each for the chat.
    priceOf('published', 2 * requests * published) +
    priceOf('mailedByTopic', requests * published * reviewers) +
    priceOf('mailed', requests * mailed) +
    priceOf('event', requests * events)
  );
}

function keys(): number {
  const uses = usage.keyUsers * hours * 12;
  return priceOf('key', usage.parts.keys) + priceOf('keyUse', uses) + priceOf('secret', usage.parts.secrets);
}

function watch(apiCalls: number, count: Invocations): number {
  const { alarms, dashboards, metrics } = usage.parts;
  const invocations = sum(Object.values(count));
  const logged = (apiCalls * usage.bytes.accessLog + invocations * usage.bytes.invocationLog) / gb;
  return (
    priceOf('alarm', alarms) +
    priceOf('dashboard', dashboards) +
    priceOf('metric', metrics) +
    priceOf('logged', logged) +
    priceOf('loggedStored', usage.months * logged)
  );
}

function sum(values: readonly number[]): number {
  return values.reduce((all, value) => all + value, 0);
}
