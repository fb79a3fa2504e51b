import type { FindingView, PreflightView, TargetView } from '../../api/contract.ts';

export const marks = { fail: 'FAIL', unknown: '?', pass: 'ok' } as const;
const order = ['fail', 'unknown', 'pass'] as const;
const width = 100;
const indent = '        ';

type Said = Pick<FindingView, 'state' | 'sentence' | 'fix'>;

/** What was found, for a terminal: first what is wrong, each with what to do. */
export function reportInWords({ target, findings }: PreflightView): string[] {
  return [placeOf(target), '', ...findingLines(findings), '', summary(findings)];
}

export function placeOf({ role, account, accountName }: TargetView): string {
  return `${role} in ${accountName === null ? account : `${accountName} (${account})`}`;
}

/** The worst first. */
export function findingLines(findings: readonly Said[]): string[] {
  return order.flatMap((state) => findings.filter((finding) => finding.state === state)).flatMap(lines);
}

function lines({ state, sentence, fix }: Said): string[] {
  const first = wrapped(sentence, indent);
  const head = `  ${marks[state].padEnd(indent.length - 2)}${first[0]?.trimStart() ?? ''}`;
  const steps = fix.flatMap((step, index) => {
    const number = fix.length > 1 ? `${index + 1}. ` : '-> ';
    const [begin = '', ...rest] = wrapped(step, `${indent}   `);
    return [`${indent}${number}${begin.trimStart()}`, ...rest];
  });
  return [head, ...first.slice(1), ...steps];
}

function summary(findings: readonly FindingView[]): string {
  const count = (state: FindingView['state']) => findings.filter((finding) => finding.state === state).length;
  const [failed, unknown] = [count('fail'), count('unknown')];
  if (failed + unknown === 0) return 'Everything is as it should be.';
  const parts = [
    ...(failed > 0 ? [`${failed} of ${findings.length} checks failed`] : []),
    ...(unknown > 0 ? [`${unknown} could not be answered`] : []),
  ];
  return `${parts.join(', ')}.`;
}

/** Broken between words, each line with that many spaces before it. */
function wrapped(text: string, before: string): string[] {
  const broken: string[] = [];
  let line = before;
  for (const word of text.split(' ')) {
    if (line !== before && line.length + 1 + word.length > width) {
      broken.push(line);
      line = before;
    }
    line += line === before ? word : ` ${word}`;
  }
  return [...broken, line];
}
