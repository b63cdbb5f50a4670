/** The ways in besides a password, and why one of them came to nothing. */
import { useSearchParams } from '@remix-run/react';
import { signInProblemWords } from '#core/sign-in/problems';
import type { ProviderView } from '#operations/identity-sign-in';
import { buttonClass } from '../ui/button.tsx';
import { Notice } from '../ui/notice.tsx';

interface ProviderLinksProps {
  providers: ProviderView[];
  /** A path to go on to. */
  next?: string | null;
  /** Of the letter, to join by it. */
  invitation?: string;
}

/** Nothing where none is set up. */
export function ProviderLinks({ providers, next, invitation }: ProviderLinksProps) {
  if (providers.length === 0) return null;
  const query = new URLSearchParams({ ...(next != null && { next }), ...(invitation !== undefined && { invitation }) }).toString();
  return (
    <>
      <p className="mt-6 mb-4 flex items-center gap-3 text-13 text-muted before:h-px before:grow before:bg-line after:h-px after:grow after:bg-line">or</p>
      <ul className="flex flex-col gap-2.5">
        {providers.map(({ id, name }) => (
          <li key={id}>
            {/* A whole page load: it leads away. */}
            <a href={`/api/v1/auth/oauth/${id}/start${query === '' ? '' : `?${query}`}`} className={`${buttonClass()} h-10 w-full`}>Continue with {name}</a>
          </li>
        ))}
      </ul>
    </>
  );
}

/** What the address says that a provider's way ended with; nothing when it says nothing. */
export function ProviderProblem() {
  const [parameters] = useSearchParams();
  const words = signInProblemWords(parameters.get('provider-problem'));
  return words === null ? null : <Notice tone="bad" role="alert">{words}</Notice>;
}
