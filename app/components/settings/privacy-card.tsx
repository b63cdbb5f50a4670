/** The way to the requests about people's data, and whether one waits. */
import { useFormats } from '../../format/use-formats.tsx';
import { ButtonLink } from '../ui/button.tsx';
import { Card } from '../ui/card.tsx';

export function PrivacyCard({ open }: { open: number }) {
  const { count } = useFormats();
  return (
    <Card
      title="Privacy requests"
      note={open === 0 ? 'Nothing waits for you.' : `${count(open)} ${open === 1 ? 'request waits' : 'requests wait'} to be answered within 30 days.`}
      actions={<ButtonLink to="/privacy" small>See requests</ButtonLink>}
    >
      <p className="text-14 text-muted">When a customer asks to be forgotten, or a platform passes that on, name, address and ids go at once and the orders stay in your revenue.</p>
    </Card>
  );
}
