import { Link, NavLink } from 'react-router-dom';
import type { MeView } from '../../api/contract.ts';
import { signOut } from '../lib/auth.ts';
import { branding } from '../lib/config.ts';
import { paths } from '../lib/paths.ts';
import { useColourMode } from './colour-mode.ts';

/** Title, the pages that the person's roles open, their name, and signing out. @param me undefined until it is known */
export function TopBar({ me }: { me: MeView | undefined }) {
  const { dark, toggle } = useColourMode();
  const { title, logo } = branding();
  return (
    <header className="top-bar">
      <Link to={paths.myRequests} className="top-bar-title">
        <img src={logo} alt="" height="24" />
        <span>{title}</span>
      </Link>
      <nav aria-label="Pages" className="top-bar-pages">
        <NavLink to={paths.myRequests}>My requests</NavLink>
        {me?.roles.reviewer && <NavLink to={paths.reviews}>Reviews</NavLink>}
        {me?.roles.auditor && <NavLink to={paths.audit}>Audit</NavLink>}
        {me?.roles.operator && <NavLink to={paths.operations}>Operations</NavLink>}
      </nav>
      <div className="top-bar-person">
        {me && (
          <span className="top-bar-name" title={me.user.email}>
            {me.user.name || me.user.email}
          </span>
        )}
        <button type="button" onClick={toggle}>
          {dark ? 'Light mode' : 'Dark mode'}
        </button>
        <button type="button" onClick={() => void signOut()}>
          Sign out
        </button>
      </div>
    </header>
  );
}
