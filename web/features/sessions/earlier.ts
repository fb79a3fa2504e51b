/**
 * The earlier of two instants (RFC 3339), written as `Date.prototype.toISOString` writes it: AWS leaves out
 * milliseconds, so the texts cannot be compared as they are.
 */
export function earlier(one: string, other: string): string {
  return new Date(Math.min(Date.parse(one), Date.parse(other))).toISOString();
}
