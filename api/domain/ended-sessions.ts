import { type BoundaryPlace, boundaryDocument, boundaryLength, type Denies, deniesOf } from './boundary.ts';
import type { EnforcementResult, ToEnforce } from './enforcement.ts';
import { type Instant, iamTime, latest, plusMinutes } from './instant.ts';

/**
 * In which words the boundary ends the sessions of revoked requests: as few other sessions as it has room for.
 *
 * 1. **Each request by its id.** A session's name ends in `.<request id>` (`session.ts`), which no other session's does
 *    and no holder can choose, and `aws:userid` ends in that name (IAM User Guide, "IAM identifiers"). So a session that
 *    AWS is still making is named before it exists, and whatever it narrows itself to is named, too.
 *    NB. Therefore no time stands beside the names: a session whose AssumeRole outran the revocation would be younger
 *    than it, and a revoked request never gets another one that would have to be spared.
 * 2. **People**, those with the most revoked requests first and as few as it takes: all sessions with their source
 *    identity that AWS issued until a cut-off; the others' requests by id. It ends no one else's sessions, but also
 *    those of their other requests, which may still be valid: for them they get new ones after the cut-off.
 * 3. **Everybody**: all sessions of the account that were issued until the cut-off.
 *
 * The cut-off has to be late enough for everything that is to be denied. That is
 * - what AssumeRole gave out for a revoked request: at the latest `underWay` after its revocation;
 * - what a holder narrowed from that (`sts:GetScopedCredentials`). AWS does not say that its time of issue is the old
 *   one. It can be any moment until the deny has taken effect, `takesEffect` after it was written, but none later: from
 *   then on whatever was issued until the cut-off can ask for nothing more. If that moment lies before the cut-off, all
 *   of a chain of such credentials does.
 * So a cut-off covers a revocation if it is neither before `revocation + underWay` nor before `written + takesEffect`,
 * where "written" is IAM's date of the version that holds it, whatever we believed when we sent it. One that does not
 * cover all is replaced by `now + margin`. One that does stays as it is, so that nobody is thrown out a second time.
 */

/** Minutes that an AssumeRole may still be under way after the revocation: a Lambda ends it after half of that. */
const underWay = 1;
/** Minutes until the last service knows (IAM User Guide, "Disabling permissions for temporary security credentials": a few). */
const takesEffect = 2;
/** Minutes from the decision to the cut-off: one is left for asking IAM. */
const margin = 3;

/** A revoked request, and how the source identities of its requester end (`personMark`). */
export interface EndedRequest extends ToEnforce {
  readonly personMark: string;
}

/** Where things stand. */
export interface Standing {
  readonly now: Instant;
  readonly inForce: { readonly document: string; readonly since: Instant };
  /** whether there are others, revoked earlier than these, so that they cannot each be named */
  readonly more: boolean;
  /** whether no deny of the document in force may be taken out */
  readonly keep: boolean;
}

export interface Boundary {
  readonly document: string;
  /** How the document ends the sessions of one of the requests. */
  readonly resultFor: (ended: Pick<EndedRequest, 'requestId' | 'personMark'>) => EnforcementResult;
}

/** The boundary that ends the sessions of all these requests, in at most `boundaryLength` characters. */
export function boundaryEnding(
  place: BoundaryPlace,
  ended: readonly EndedRequest[],
  standing: Standing,
): Boundary {
  const { now, inForce, keep } = standing;
  const stored = deniesOf(inForce.document)?.cutOff?.until ?? '';
  const fresh = iamTime(plusMinutes(now, margin));
  // Further ahead than we ever write: it ends sessions that nobody revoked.
  const planted = stored > fresh;
  if (!planted || keep) {
    const same = choose(place, ended, standing, stored);
    if (boundaryDocument(place, same) === inForce.document && covers(stored, ended, inForce.since)) {
      return boundaryWith(place, same);
    }
  }
  return boundaryWith(place, choose(place, ended, standing, planted && keep ? stored : fresh));
}

/** Whether the cut-off is late enough for all of them. */
function covers(until: string, ended: readonly EndedRequest[], since: Instant): boolean {
  const written = plusMinutes(since, takesEffect);
  return ended.every(({ revokedAt }) => iamTime(latest(plusMinutes(revokedAt, underWay), written)) <= until);
}

/** The most particular denies that there is room for. */
function choose(
  place: BoundaryPlace,
  ended: readonly EndedRequest[],
  { inForce, more, keep }: Standing,
  until: string,
): Denies {
  const stay = (keep ? deniesOf(inForce.document) : null) ?? { sessions: [], cutOff: null };
  const everybody: Denies = { sessions: [], cutOff: { until, people: null } };
  if ((more && ended.length > 0) || stay.cutOff?.people === null) return everybody;
  const people = mostFirst(ended);
  for (let count = 0; count <= people.length; count += 1) {
    const whole = new Set(people.slice(0, count));
    const named = ended.filter(({ personMark }) => !whole.has(personMark)).map(sessionOf);
    const marks = unique([...(stay.cutOff?.people ?? []), ...[...whole].map(personOf)]);
    const denies: Denies = {
      sessions: unique([...stay.sessions, ...named]),
      cutOff: marks.length === 0 ? null : { until, people: marks },
    };
    if (boundaryDocument(place, denies).length <= boundaryLength) return denies;
  }
  return everybody;
}

/** The marks of the people, who has the most requests first. */
function mostFirst(ended: readonly EndedRequest[]): string[] {
  const counts = new Map<string, number>();
  for (const { personMark } of ended) counts.set(personMark, (counts.get(personMark) ?? 0) + 1);
  // NB. Of as many always in the same order, or every run would choose others.
  return [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).map(([mark]) => mark);
}

function boundaryWith(place: BoundaryPlace, denies: Denies): Boundary {
  const { sessions, cutOff } = denies;
  return {
    document: boundaryDocument(place, denies),
    resultFor: (one) => {
      if (cutOff === null || sessions.includes(sessionOf(one))) return { kind: 'enforced' };
      const kind = cutOff.people === null ? 'enforced-widely' : 'enforced-for-person';
      return { kind, issuedUntil: cutOff.until };
    },
  };
}

const sessionOf = ({ requestId }: Pick<EndedRequest, 'requestId'>) => `*.${requestId}`;
const personOf = (mark: string) => `*${mark}`;
const unique = (texts: readonly string[]) => [...new Set(texts)].sort();
