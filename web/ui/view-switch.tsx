import { Link } from 'react-router-dom';
import './view-switch.css';

interface ViewSwitchProps {
  /** names the group for screen readers */
  label: string;
  views: readonly { to: string; text: string; current: boolean }[];
}

/** Chooses between the views of one page. They are links, because each view has an address. */
export function ViewSwitch({ label, views }: ViewSwitchProps) {
  return (
    <nav aria-label={label}>
      <ul className="view-switch">
        {views.map((view) => (
          <li key={view.to}>
            <Link to={view.to} aria-current={view.current ? 'page' : undefined}>
              {view.text}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
