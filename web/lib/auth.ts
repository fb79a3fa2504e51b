import { ErrorResponse, type SigninPopupArgs, type User, type UserManager } from 'oidc-client-ts';
import { useSyncExternalStore } from 'react';
import { paths, safeReturnTo } from './paths.ts';
import type { Problem } from './problem.ts';
import { signInProblem, signOutProblem } from './sign-in-problem.ts';
import { addressOf, createManager } from './user-manager.ts';

/**
 * Signing in and out, and the tokens. Tokens live in this module's memory only: a reload loses them and asks the
 * provider again, which knows the person and sends them straight back to the page they were on.
 * NB. There is no hidden iframe to renew through: browsers keep the provider's cookies from it, and our pages
 * cannot be framed. Where the provider gives no refresh token, the person is asked to sign in again in a window.
 */

export type SignIn =
  | { state: 'starting' }
  | { state: 'signed-in' }
  /** Calls wait until the person signs in again; the page stays as it is. */
  | { state: 'expired'; problem: Problem | null }
  | { state: 'signed-out' }
  | { state: 'failed'; problem: Problem };

let signIn: SignIn = { state: 'starting' };
let manager: UserManager | undefined;
const listeners = new Set<() => void>();
const tabs = new BroadcastChannel('stepladder-sign-in');
/** Counts sign-outs: tokens that arrive after one, for what was asked before it, are dropped. */
let signOuts = 0;

function become(next: SignIn): void {
  signIn = next;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Where signing in stands, for components. */
export function useSignIn(): SignIn {
  return useSyncExternalStore(subscribe, () => signIn);
}

/** Calls `listener` once the person is signed out, here or in another tab: forget everything that is theirs. */
export function onSignedOut(listener: () => void): () => void {
  return subscribe(() => {
    if (signIn.state === 'signed-out') listener();
  });
}

/** Begin: finish a sign-in that came back from the provider, or go there. Failure is a state, never an exception. */
export async function startSignIn(): Promise<void> {
  become({ state: 'starting' });
  try {
    manager = await loadManager();
    const { pathname, search, hash } = location;
    if (pathname === paths.signedOut) return become({ state: 'signed-out' });
    if (pathname === paths.callback) return await finishSignIn(manager);
    await goToProvider(manager, `${pathname}${search}${hash}`);
  } catch (error) {
    become({ state: 'failed', problem: signInProblem(error) });
  }
}

/** From the error page and the signed-out page: to the provider, and back to where the person was. */
export async function signInAnew(): Promise<void> {
  become({ state: 'starting' });
  try {
    manager ??= await loadManager();
    await goToProvider(manager, `${location.pathname}${location.search}${location.hash}`);
  } catch (error) {
    become({ state: 'failed', problem: signInProblem(error) });
  }
}

/** In the window that signs in again: hand the provider's answer to the page that waits. */
export async function finishPopup(): Promise<void> {
  await (await loadManager()).signinPopupCallback();
}

/** Sign in again in a window of its own, so that nothing on the page is lost. Call it from a click. */
export async function signInAgain(): Promise<void> {
  try {
    if (await signInInWindow()) become({ state: 'signed-in' });
  } catch (error) {
    become({ state: 'expired', problem: signInProblem(error) });
  }
}

/** What the provider is asked for beside a sign-in (OpenID Connect Core 1.0, section 3.1.2.1), and a signal that gives it up. */
export type SignInWish = Pick<SigninPopupArgs, 'acr_values' | 'max_age' | 'popupSignal' | 'prompt'>;

/**
 * The same person signs in, in a window of its own. Call it from a click.
 * NB. Where the person just closes the window, nothing comes back, because a provider may keep us from seeing that.
 * @returns false if it was somebody else, whom the page does not wait for, or if the person signed out meanwhile
 * @throws what the provider or the browser has against it
 */
export async function signInInWindow(wish: SignInWish = {}): Promise<boolean> {
  const current = manager;
  if (!current) return false;
  const before = await current.getUser();
  const redirect_uri = addressOf(paths.popupCallback);
  if (!(await unlessSignedOut(() => current.signinPopup({ ...wish, redirect_uri })))) return false;
  const after = await current.getUser();
  if (before && before.profile.sub === after?.profile.sub) return true;
  // Nothing of the first person may stay on the screen, and nothing of it may be sent for the second.
  await current.removeUser();
  location.assign(paths.myRequests);
  return false;
}

/**
 * Sign out here, in every other tab, and at the provider.
 * NB. The tokens are dropped first, so none of them is sent along as `id_token_hint`: it would stand in an address.
 */
export async function signOut(): Promise<void> {
  tabs.postMessage('signed-out');
  await forget();
  try {
    const signedOut = addressOf(paths.signedOut);
    await manager?.signoutRedirect({
      post_logout_redirect_uri: signedOut,
      // Amazon Cognito's name for it (its "Logout endpoint"). Others have to ignore what they do not know (OpenID
      // Connect RP-Initiated Logout 1.0, section 2).
      extraQueryParams: { logout_uri: signedOut },
    });
  } catch (error) {
    // Here the person is signed out; only the provider could not be told. That page says what it means.
    become({ state: 'failed', problem: signOutProblem(error) });
  }
}

tabs.addEventListener('message', (event) => {
  if (event.data === 'signed-out') void forget();
});

async function forget(): Promise<void> {
  signOuts += 1;
  await manager?.removeUser();
  if (location.pathname !== paths.popupCallback) history.replaceState(null, '', paths.signedOut);
  become({ state: 'signed-out' });
}

/** Both tokens, or undefined when nobody is signed in. */
export async function tokens(): Promise<{ access: string; id: string } | undefined> {
  const user = await manager?.getUser();
  if (!user?.id_token) return undefined;
  return { access: user.access_token, id: user.id_token };
}

let renewing: Promise<boolean> | undefined;

/** Get fresh tokens without asking the person. One attempt at a time, however many calls wait for it. */
export function renew(): Promise<boolean> {
  renewing ??= renewOnce().finally(() => {
    renewing = undefined;
  });
  return renewing;
}

async function renewOnce(): Promise<boolean> {
  const user = await manager?.getUser();
  if (!manager || !user?.refresh_token) return false;
  try {
    return await unlessSignedOut(() => manager?.signinSilent());
  } catch (error) {
    // The provider refused: only the person can sign in. Anything else (network, provider down) is a problem to show.
    if (error instanceof ErrorResponse) return false;
    throw signInProblem(error);
  }
}

/** Ask the person to sign in again; true once they did, false if they signed out instead. */
export function waitForSignIn(): Promise<boolean> {
  if (signIn.state === 'signed-in') become({ state: 'expired', problem: null });
  return new Promise((resolve) => {
    const settle = () => {
      if (signIn.state === 'expired') return;
      stop();
      resolve(signIn.state === 'signed-in');
    };
    const stop = subscribe(settle);
    settle();
  });
}

/**
 * Gets tokens; false if there are none, or if the person signed out meanwhile, here or in another tab.
 * NB. oidc-client-ts stores what it gets, whatever happened since it was asked.
 */
async function unlessSignedOut(get: () => Promise<User | null> | undefined): Promise<boolean> {
  const before = signOuts;
  const user = await get();
  if (before === signOuts) return user !== null && user !== undefined;
  await manager?.removeUser();
  return false;
}

async function finishSignIn(current: UserManager): Promise<void> {
  let returnTo: unknown;
  const kept = await unlessSignedOut(async () => {
    const user = await current.signinRedirectCallback();
    returnTo = user.state;
    return user;
  });
  if (!kept) return;
  // The address carries the used code: it must not stay in the history.
  history.replaceState(null, '', safeReturnTo(returnTo, location.origin));
  become({ state: 'signed-in' });
}

async function goToProvider(current: UserManager, returnTo: string): Promise<void> {
  await current.signinRedirect({ state: safeReturnTo(returnTo, location.origin) });
}

async function loadManager(): Promise<UserManager> {
  const created = await createManager();
  created.events.addAccessTokenExpiring(() => {
    // Failing is no news yet: the next call finds out, and says so where it matters.
    void renew().catch(() => false);
  });
  return created;
}
