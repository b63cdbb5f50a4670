/** The product's mark: three leaves, one for each year a customer returns. */
export function Mark({ className = 'size-6' }: { className?: string }) {
  return (
    <svg viewBox="0 0 24 24" aria-hidden className={className}>
      <rect width="24" height="24" rx="6" className="fill-accent" />
      <g className="fill-on-accent">
        <path d="M11.2 19V9.2C7.6 9.2 5.4 7 5.4 4.4c3.6 0 5.8 1.7 5.8 4.4Z" opacity="0.75" />
        <path d="M12.8 19v-6.2c3.4 0 5.8-2.2 5.8-5.4-3.4 0-5.8 2.2-5.8 5Z" />
      </g>
    </svg>
  );
}
