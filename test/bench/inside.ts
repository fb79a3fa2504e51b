import type { Bundle } from '../../infra/bundles.ts';

/** A part of a bundle: one package, or one folder of the product. */
export interface Part {
  readonly name: string;
  /** before it was minified */
  readonly bytes: number;
  /** of all that went into the bundle, 0 to 1 */
  readonly share: number;
}

/** What went into a bundle, the largest part first. */
export function inside({ sources }: Pick<Bundle, 'sources'>): Part[] {
  const parts = new Map<string, number>();
  for (const [path, bytes] of sources) parts.set(partOf(path), (parts.get(partOf(path)) ?? 0) + bytes);
  const all = [...parts.values()].reduce((sum, bytes) => sum + bytes, 0);
  return [...parts]
    .map(([name, bytes]) => ({ name, bytes, share: bytes / all }))
    .sort((a, b) => b.bytes - a.bytes);
}

function partOf(path: string): string {
  const ofPackage = /^.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1];
  return ofPackage ?? path.split('/').slice(0, -1).join('/');
}
