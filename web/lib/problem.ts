import type { ProblemView } from '../../api/contract.ts';

/** Everything that went wrong with a call, as the API says it (RFC 9457), so that it can be shown as it is. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly status: number;
  /** stable; beside the API's own there are `offline` (no answer at all) and `signed-out` */
  readonly code: string;
  readonly title: string;
  readonly detail: string;
  readonly evidence: ProblemView['evidence'];
  /** '' where no server was reached */
  readonly correlationId: string;

  constructor(view: Omit<ProblemView, 'type'>) {
    super(view.detail);
    this.status = view.status;
    this.code = view.code;
    this.title = view.title;
    this.detail = view.detail;
    this.evidence = view.evidence;
    this.correlationId = view.correlationId;
  }
}

/** No answer: the network, or nothing is listening. */
export function offline(): Problem {
  return new Problem({
    status: 0,
    code: 'offline',
    title: 'No connection',
    detail: 'Stepladder could not be reached. Check your network connection, then try again.',
    evidence: {},
    correlationId: '',
  });
}

/** The person signed out, here or in another tab. */
export function signedOut(): Problem {
  return new Problem({
    status: 401,
    code: 'signed-out',
    title: 'You are signed out',
    detail: 'Sign in again to go on.',
    evidence: {},
    correlationId: '',
  });
}

/** The problem document that a response carries, or a general one where it carries none. */
export async function problemOf(response: Response): Promise<Problem> {
  const text = await response.text();
  const type = response.headers.get('content-type') ?? '';
  const view = type.includes('json') ? parsed(text) : {};
  return new Problem({
    status: response.status,
    code: view.code ?? (response.status >= 500 ? 'unavailable' : 'bad-request'),
    title: view.title ?? 'That did not work',
    detail: view.detail ?? `The server answered ${response.status}. Try again in a moment.`,
    evidence: view.evidence ?? {},
    correlationId: view.correlationId ?? '',
  });
}

/** Any thrown value as a problem: what is no Problem is a fault of this page, and says so. */
export function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  return new Problem({
    status: 0,
    code: 'page-fault',
    title: 'This page has a fault',
    detail: `Reload the page. If it happens again, report it with these words: ${wordsOf(error)}`,
    evidence: {},
    correlationId: '',
  });
}

/** NB. A JSON parser quotes what it could not read, and that may have been credentials. */
function wordsOf(error: unknown): string {
  return error instanceof SyntaxError ? error.name : String(error);
}

function parsed(text: string): Partial<ProblemView> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    // A proxy on the way may cut or replace the body; the status alone still says enough.
    return {};
  }
}
