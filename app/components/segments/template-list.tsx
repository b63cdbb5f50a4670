/** Ready segments to begin with: each opens in the editor, nothing is made before it is saved. */
import { Link } from '@remix-run/react';
import { Card } from '../ui/card.tsx';

export interface OfferedTemplate {
  id: string;
  name: string;
  description: string;
}

export function TemplateList({ templates, title, note }: { templates: readonly OfferedTemplate[]; title: string; note: string }) {
  return (
    <Card title={title} note={note} flush>
      <ul className="grid border-t border-line sm:grid-cols-2 xl:grid-cols-3">
        {templates.map((template) => (
          <li key={template.id} className="border-b border-line sm:odd:border-r xl:border-r xl:nth-[3n]:border-r-0">
            <Link to={`/segments/new?template=${encodeURIComponent(template.id)}`} className="block h-full px-5 py-3 transition-colors hover:bg-sunken">
              <span className="block font-strong">{template.name}</span>
              <span className="block text-13 text-pretty text-muted">{template.description}</span>
            </Link>
          </li>
        ))}
      </ul>
    </Card>
  );
}
