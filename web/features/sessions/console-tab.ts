/**
 * The tab in which the AWS console opens. It has to be opened while the click is being handled, or the browser takes
 * it for an unwanted pop-up; the address comes later.
 * NB. The address is a secret that signs whoever has it in: it goes to the tab and is kept nowhere.
 */

/** An empty tab that cannot reach back to this page; null where the browser refused to open one. */
export function openConsoleTab(): Window | null {
  // The feature `noopener` would sever the tab too, but then it could not be told where to go.
  const tab = window.open('about:blank', '_blank');
  if (tab === null) return null;
  tab.opener = null;
  tab.document.title = 'Opening the AWS console';
  tab.document.body.textContent = 'Opening the AWS console. You can close this tab if nothing happens.';
  return tab;
}

/**
 * Send the tab to the console. `replace` leaves no empty page behind in its history.
 * @returns false where the person has closed the tab meanwhile
 * @throws Error if the address is no web address
 */
export function sendToConsole(tab: Window, url: string): boolean {
  const { protocol, href } = new URL(url);
  if (protocol !== 'https:' && protocol !== 'http:')
    throw new Error('The console address is no web address.');
  if (tab.closed) return false;
  tab.location.replace(href);
  return true;
}
