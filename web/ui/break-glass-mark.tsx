import './break-glass-mark.css';

/** Marks access that was taken without an approval, wherever it is shown. */
export function BreakGlassMark() {
  return (
    <span className="break-glass-mark">
      <svg viewBox="0 0 16 16" aria-hidden="true" focusable="false">
        <path
          fill="currentColor"
          fillRule="evenodd"
          d="M8 1 15.5 14.5H.5L8 1Zm-.9 4.6.3 4.6h1.2l.3-4.6H7.1Zm.1 5.9v1.6h1.6v-1.6H7.2Z"
        />
      </svg>
      Break-glass
    </span>
  );
}
