import { branding } from '../lib/config.ts';

/** What whoever runs this has to say to everybody, on every page. */
export function SiteBanner() {
  const { banner } = branding();
  if (banner === null) return null;
  return (
    <aside className="site-banner" aria-label="Notice">
      {banner.text}
      {banner.link !== null && (
        <>
          {' '}
          <a href={banner.link} target="_blank" rel="noreferrer">
            Read more<span className="visually-hidden"> (opens another tab)</span>
          </a>
        </>
      )}
    </aside>
  );
}
