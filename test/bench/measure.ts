import { type RouteName, routes } from '../../api/routes.ts';
import type { Meter } from './meter.ts';
import { type Probe, probes } from './probes.ts';
import { mean, percentile, type Row } from './report.ts';
import { type RunningSite, unattended } from './site.ts';

/** Rounds before the measured ones: code is compiled and connections are opened in these. */
const warmUp = 5;

interface Sample {
  readonly ms: number;
  readonly calls: number;
  readonly read: number;
  readonly write: number;
}

/**
 * Asks every route, one request after the other. NB. The sites take turns, there and back, so whatever else the
 * machine does hits all of them alike. Routes that change nothing come first: messages are sent behind the others' backs.
 */
export async function measure(
  sites: ReadonlyMap<string, RunningSite>,
  meter: Meter,
  rounds: number,
  only: (route: RouteName) => boolean,
): Promise<Row[]> {
  const names = (Object.keys(probes) as RouteName[]).filter(only);
  const readers = names.filter((name) => routes[name].method === 'GET');
  const rows: Row[] = [];
  for (const route of [...readers, ...names.filter((name) => !readers.includes(name))]) {
    for (const probe of probes[route]) rows.push(...(await measureProbe(sites, meter, rounds, route, probe)));
  }
  return rows;
}

/** The same of what nobody calls. */
export async function measureUnattended(
  sites: ReadonlyMap<string, RunningSite>,
  meter: Meter,
  rounds: number,
): Promise<Row[]> {
  const rows: Row[] = [];
  for (const lambda of unattended) {
    const samples = new Map<string, Sample[]>([...sites.keys()].map((name) => [name, []]));
    const order = [...sites];
    for (let round = -warmUp; round < rounds; round += 1) {
      for (const [name, site] of order.reverse()) {
        meter.reset();
        const ms = await site.run[lambda]();
        const cost = meter.costOf(site.accessKeyOf(lambda));
        if (round >= 0) samples.get(name)?.push({ ms, ...cost });
      }
    }
    rows.push(...[...samples].map(([site, taken]) => rowOf(lambda, { what: '' }, site, taken)));
  }
  return rows;
}

async function measureProbe(
  sites: ReadonlyMap<string, RunningSite>,
  meter: Meter,
  rounds: number,
  route: RouteName,
  probe: Probe,
): Promise<Row[]> {
  const samples = new Map<string, Sample[]>([...sites.keys()].map((name) => [name, []]));
  const order = [...sites];
  for (let round = -warmUp; round < rounds; round += 1) {
    for (const [name, site] of order.reverse()) {
      const sample = await once(site, meter, route, probe, round + warmUp);
      if (round >= 0) samples.get(name)?.push(sample);
    }
  }
  return [...samples].map(([site, taken]) => rowOf(route, probe, site, taken));
}

async function once(
  site: RunningSite,
  meter: Meter,
  route: RouteName,
  probe: Probe,
  round: number,
): Promise<Sample> {
  const ask = await probe.ask(site, round);
  meter.reset();
  const begun = performance.now();
  const answered = await site.call<unknown>(probe.by, route, ask);
  const ms = performance.now() - begun;
  const cost = meter.costOf(site.accessKeyOf(routes[route].lambda));
  await probe.tidy?.(site, answered);
  return { ms, ...cost };
}

function rowOf(route: string, { what }: Pick<Probe, 'what'>, site: string, samples: readonly Sample[]): Row {
  const times = samples.map((sample) => sample.ms);
  return {
    route,
    what,
    site,
    p50: percentile(times, 50),
    p95: percentile(times, 95),
    calls: mean(samples.map((sample) => sample.calls)),
    read: mean(samples.map((sample) => sample.read)),
    write: mean(samples.map((sample) => sample.write)),
  };
}
