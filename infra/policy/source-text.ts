import { readFileSync } from 'node:fs';
import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import type { PolicyProblem } from '../../api/policy.ts';

/** A file of YAML (or JSON, which is YAML) that knows where in it things stand. */

/** A problem and where it is: `policy.yaml:12:5`. */
export interface PlacedProblem extends PolicyProblem {
  readonly file: string;
  /** both from 1 on */
  readonly line: number;
  readonly column: number;
}

/** `policy.yaml:12:5: rules.2.who: name groups, claims or conventions` */
export function problemLine({ file, line, column, path, message }: PlacedProblem): string {
  return `${file}:${line}:${column}: ${path.join('.') || 'the file'}: ${message}`;
}

/** How often one anchor may be used, all that it holds counted. A list of lists of lists takes a file far above it. */
const mostAliases = 1000;

export interface SourceText {
  /** what the file says, or undefined where it says nothing that can be relied on */
  readonly content: unknown;
  /** of the YAML itself */
  readonly problems: readonly PlacedProblem[];
  /** Puts the problem at its key or item, or the nearest that there is around it. */
  place(problem: PolicyProblem): PlacedProblem;
}

export function readSourceText(text: string, file: string): SourceText {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    schema: 'core',
    stringKeys: true,
    uniqueKeys: true,
  });
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(1, line), column: Math.max(1, col) };
  };
  const problems = [...document.errors, ...document.warnings].map(({ pos, message }) => ({
    ...at(pos[0]),
    path: [],
    message,
  }));
  const place = (problem: PolicyProblem) => ({ ...problem, ...at(offsetOf(document, problem.path)) });
  // A key that stands twice leaves the rest readable, so that the rest can be checked as well.
  if (document.errors.some(({ code }) => code !== 'DUPLICATE_KEY')) {
    return { content: undefined, problems, place };
  }
  try {
    return { content: document.toJS({ maxAliasCount: mostAliases }), problems, place };
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error;
    return {
      content: undefined,
      problems: [...problems, place({ path: [], message: error.message })],
      place,
    };
  }
}

function offsetOf(document: Document.Parsed, path: PolicyProblem['path']): number {
  let node: unknown = document.contents;
  let offset = 0;
  for (const part of path) {
    const whole = isAlias(node) ? node.resolve(document) : node;
    const found = isMap(whole)
      ? whole.items.find(({ key }) => isScalar(key) && String(key.value) === String(part))
      : undefined;
    const item = isSeq(whole) ? whole.items[Number(part)] : found?.key;
    if (item === undefined) break;
    offset = (item as Node).range?.[0] ?? offset;
    node = found === undefined ? item : found.value;
  }
  return offset;
}

/** The file's text, or why there is none. */
export function readText(path: string): string | { readonly reason: string } {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    const reasons: Record<string, string> = {
      ENOENT: 'there is no such file',
      EISDIR: 'it is a folder',
      EACCES: 'permission denied',
    };
    return { reason: reasons[String(error.code)] ?? error.message };
  }
}

/** In the order in which they stand in the files. */
export function byPlace(a: PlacedProblem, b: PlacedProblem): number {
  if (a.file !== b.file) return a.file < b.file ? -1 : 1;
  return a.line - b.line || a.column - b.column;
}
