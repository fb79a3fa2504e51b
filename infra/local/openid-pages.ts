import { Html, html } from './html.ts';
import type { Page } from './page.ts';
import type { ReadyUser } from './ready-users.ts';

/** What the local OpenID provider shows. */

export const secondFactorField = 'second-factor';

/** @param withTwo whether a second factor is asked for: then the box is ticked */
export function signInPage(users: readonly ReadyUser[], uid: string, withTwo: boolean): Page {
  const cards = users.map(
    (user) =>
      html`<li><button class="card" name="sub" value="${user.sub}"><strong>${user.name}</strong>${user.what}<br>${user.email}</button></li>`,
  );
  return {
    title: 'Sign in',
    body: html`<h1>Sign in to Stepladder</h1>
      <p class="note">This provider belongs to the local stack. Nobody here has a password: choose who you want to be.</p>
      <form method="post" action="/interaction/${uid}">
      <p><label><input type="checkbox" name="${secondFactorField}"${new Html(withTwo ? ' checked' : '')}> With a second factor (made up, like the rest)</label></p>
      <ul class="cards">${cards}</ul></form>`,
  };
}

/** @param form of the provider, as HTML */
export function signOutPage(form: string): Page {
  return {
    title: 'Sign out',
    body: html`<h1>Sign out</h1><p>You are signed out of Stepladder. Sign out of the provider too?</p>${new Html(form)}
      <ul class="cards"><li><button class="card" autofocus type="submit" form="op.logoutForm" name="logout" value="yes"><strong>Sign out</strong>Next time you are asked again who you are.</button></li>
      <li><button class="card" type="submit" form="op.logoutForm"><strong>Stay signed in</strong>Next time you are let in without being asked.</button></li></ul>`,
  };
}

export function signedOutPage(): Page {
  return { title: 'Signed out', body: html`<h1>You are signed out</h1><p>You may close this window.</p>` };
}

export function errorPage(out: object): Page {
  const facts = Object.entries(out).map(([name, value]) => html`<dt>${name}</dt><dd>${String(value)}</dd>`);
  return {
    title: 'Sign-in failed',
    body: html`<h1>Sign-in failed</h1><p>Go back to Stepladder and try again.</p><dl>${facts}</dl>`,
  };
}
