/** A share as a bar, drawn as an SVG: its width is an attribute, so it stands before the page is awake and needs no inline style. */
export function Bar({ share, className }: { /** 0 to 1 */ share: number; /** its height, such as `h-1` */ className: string }) {
  return (
    <svg aria-hidden className={`block w-full overflow-hidden rounded-full bg-sunken ${className}`}>
      <rect width={`${Math.min(1, Math.max(0, share)) * 100}%`} height="100%" rx={3} className="fill-series-1" />
    </svg>
  );
}
