import type { FindingView } from '../../../api/contract.ts';

type Check = FindingView['check'];
type State = FindingView['state'];

/** What each check looks at. */
export const titles: Record<Check, string> = {
  assume: 'The broker can assume the role',
  'no-external-id': 'An external id is demanded',
  'wrong-external-id': 'Another external id does not do',
  'source-identity': 'A source identity is demanded',
  'session-tags': 'The tags of a request are demanded',
  'session-length': 'Session length',
  boundary: 'Permissions boundary',
};

export const stateWords: Record<State, string> = { fail: 'Fails', unknown: 'Not known', pass: 'Passes' };

const order = ['fail', 'unknown', 'pass'] as const;

/** What is wrong first, then what is not known; each as the checks came. */
export function inOrder(findings: readonly FindingView[]): FindingView[] {
  return order.flatMap((state) => findings.filter((finding) => finding.state === state));
}

export function summaryOf(findings: readonly FindingView[]): string {
  const count = (state: State) => findings.filter((finding) => finding.state === state).length;
  const [failed, unknown] = [count('fail'), count('unknown')];
  if (failed > 0) return failed === 1 ? '1 check fails' : `${failed} checks fail`;
  if (unknown > 0) return unknown === 1 ? '1 check is not known' : `${unknown} checks are not known`;
  return 'everything is as it should be';
}
