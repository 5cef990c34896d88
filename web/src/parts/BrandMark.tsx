// The brand mark: one trunk line that fans out to the desks.

/** The mark, as large as asked (pixels). */
export function BrandMark({ size = 28 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" role="img" aria-label="Trunkline">
      <rect width="32" height="32" rx="8" fill="#2457c5" />
      <path
        d="M6 16h7M13 16c4 0 3-7 8-7h5M13 16h13M13 16c4 0 3 7 8 7h5"
        fill="none"
        stroke="#fff"
        strokeWidth="2.4"
        strokeLinecap="round"
      />
      <circle cx="12.5" cy="16" r="2.6" fill="#ffc24b" />
    </svg>
  );
}
