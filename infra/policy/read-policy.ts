import { dirname, join } from 'node:path';
import type { Policy } from '../../api/domain/policy-document.ts';
import { compilePolicy, InvalidPolicy, type PolicyProblem } from '../../api/policy.ts';
import { byPlace, type PlacedProblem, readSourceText, readText, type SourceText } from './source-text.ts';

/** A policy file with the export of AWS Organizations that it names, or all that is wrong with them. */
export type PolicyReading =
  | { readonly ok: true; readonly document: unknown; readonly policy: Policy }
  | { readonly ok: false; readonly problems: readonly PlacedProblem[] };

/** @param file a path of YAML or JSON; what it names is sought from its folder */
export function readPolicy(file: string): PolicyReading {
  const text = readText(file);
  if (typeof text === 'object') {
    const message = `could not be read: ${text.reason}`;
    return { ok: false, problems: [{ file, line: 1, column: 1, path: [], message }] };
  }
  return readPolicyText(text, file);
}

/** The same of a text. @param file the path that it came from */
export function readPolicyText(text: string, file: string): PolicyReading {
  const source = readSourceText(text, file);
  if (source.content === undefined) return { ok: false, problems: source.problems };
  const beside = readExport(source.content, file);
  const found = compiled(beside.document);
  const problems = found.problems.map((problem) => {
    const [part, ...inside] = problem.path;
    if (part !== 'organization') return source.place(problem);
    if (beside.reason !== null) return source.place({ ...problem, message: beside.reason });
    return beside.export !== null && inside.length > 0
      ? beside.export().place({ ...problem, path: inside })
      : source.place(problem);
  });
  const all = [...source.problems, ...problems];
  if (found.policy === null || all.length > 0) return { ok: false, problems: all.sort(byPlace) };
  return { ok: true, document: beside.document, policy: found.policy };
}

function compiled(document: unknown): { policy: Policy | null; problems: readonly PolicyProblem[] } {
  try {
    return { policy: compilePolicy(document), problems: [] };
  } catch (error) {
    if (error instanceof InvalidPolicy) return { policy: null, problems: error.problems };
    throw error;
  }
}

interface Beside {
  /** with the export in the place of its path */
  readonly document: unknown;
  /** the export's text, read again for its lines only where it has a problem; null where there is none */
  readonly export: (() => SourceText) | null;
  /** why the export could not be read, or null */
  readonly reason: string | null;
}

function readExport(document: unknown, file: string): Beside {
  const name = isRecord(document) ? document.organization : undefined;
  if (!isRecord(document) || typeof name !== 'string' || name === '') {
    return { document, export: null, reason: null };
  }
  const path = join(dirname(file), name);
  const text = readText(path);
  if (typeof text === 'object') {
    return { document, export: null, reason: `${path} could not be read: ${text.reason}` };
  }
  try {
    const organization: unknown = JSON.parse(text);
    // NB. A text would be taken for the path of yet another file.
    if (!isRecord(organization)) return { document, export: null, reason: `${path} holds no export` };
    return {
      document: { ...document, organization },
      export: () => readSourceText(text, path),
      reason: null,
    };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return { document, export: null, reason: `${path} is not JSON: ${error.message}` };
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
