/**
 * Every value of a header, whatever the letter case of its name. NB. Only of ASCII letters, of which names are made (RFC
 * 9110, section 5.6.2): `toLowerCase` would read the sign of the Kelvin as a k, and so a second name as this one.
 * @param headers `multiValueHeaders` of an API Gateway event
 */
export function headerValues(
  headers: Readonly<Record<string, readonly string[] | undefined>>,
  name: string,
): string[] {
  return Object.entries(headers)
    .filter(([header]) => small(header) === small(name))
    .flatMap(([, given]) => given ?? []);
}

function small(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}
