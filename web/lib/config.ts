import { offline, Problem } from './problem.ts';

/** What the server says in /config.json: the same build serves every environment. */
export interface Config {
  readonly issuer: string;
  readonly clientId: string;
  readonly scope: string;
  /** The API's audience, asked for by name (RFC 8707) where the provider wants that. */
  readonly resource: string | null;
  readonly branding: Branding;
}

/** How the pages look. All of it is text or a path of our own: nothing of it is ever taken for HTML. */
export interface Branding {
  readonly title: string;
  /** a path of this origin */
  readonly logo: string;
  readonly banner: { readonly text: string; readonly link: string | null } | null;
  /** of links and buttons, `#rrggbb` */
  readonly colours: { readonly light: string; readonly dark: string } | null;
}

const usual: Branding = { title: 'Stepladder', logo: '/icon.svg', banner: null, colours: null };
let current = usual;

/** As the server says it; before that was heard, as it comes. */
export function branding(): Branding {
  return current;
}

/** @throws Problem, or what the network has against it */
export async function loadConfig(): Promise<Config> {
  const response = await fetch('/config.json', { cache: 'no-store' });
  if (!response.ok) throw offline();
  const config = parseConfig(await response.json().catch(() => null));
  current = config.branding;
  return config;
}

/** @throws Problem where the pages could not work with it */
export function parseConfig(value: unknown): Config {
  const file = fieldsOf(value);
  const issuer = textOf(file.issuer);
  const clientId = textOf(file.clientId);
  if (issuer === null || clientId === null || !URL.canParse(issuer)) throw broken();
  return {
    issuer,
    clientId,
    scope: textOf(file.scope) ?? 'openid profile email',
    resource: textOf(file.resource),
    branding: {
      title: textOf(file.title) ?? usual.title,
      logo: file.logo === '/logo.svg' || file.logo === '/logo.png' ? file.logo : usual.logo,
      banner: bannerOf(fieldsOf(file.banner)),
      colours: coloursOf(fieldsOf(file.colours)),
    },
  };
}

function bannerOf({ text, link }: Readonly<Record<string, unknown>>): Branding['banner'] {
  const said = textOf(text);
  const address = URL.parse(textOf(link) ?? '');
  return said === null ? null : { text: said, link: address?.protocol === 'https:' ? address.href : null };
}

function coloursOf({ light, dark }: Readonly<Record<string, unknown>>): Branding['colours'] {
  return isColour(light) && isColour(dark) ? { light, dark } : null;
}

function isColour(value: unknown): value is string {
  return typeof value === 'string' && /^#[0-9a-f]{6}$/i.test(value);
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

function broken(): Problem {
  return new Problem({
    status: 0,
    code: 'config-broken',
    title: 'Stepladder is not set up',
    detail: 'Its configuration does not say where to sign in. Whoever runs it has to deploy it again.',
    evidence: {},
    correlationId: '',
  });
}
