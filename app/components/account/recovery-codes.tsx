/** Ten codes for the day the phone is lost, shown once. */
import { CopyButton } from '../ui/copy-button.tsx';

export function RecoveryCodes({ codes }: { codes: string[] }) {
  return (
    <section aria-labelledby="recovery-codes" className="flex flex-col gap-3">
      <h3 id="recovery-codes" className="text-14 font-strong">Your recovery codes</h3>
      <p className="text-13 text-muted">Each signs you in once without your phone. Keep them where you keep passwords: they are shown this once.</p>
      <ul className="figures flex flex-col gap-y-1 rounded-control bg-sunken px-3 py-2.5 text-13">
        {codes.map((code) => <li key={code}><code>{code}</code></li>)}
      </ul>
      <div><CopyButton text={codes.join('\n')} what="all recovery codes" /></div>
    </section>
  );
}
