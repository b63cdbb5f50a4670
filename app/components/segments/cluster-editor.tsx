/** Changes a segment that is kept by its nearest centre: its name and what it is for; its conditions only by making a rule of it. */
import { Form, Link } from '@remix-run/react';
import type { NearestCentre } from '#operations/segment-views';
import { useFormats } from '../../format/use-formats.tsx';
import { featureLabel, featureText } from '../discover/words.ts';
import { FormMessage } from '../forms/form-message.tsx';
import type { FormResult } from '../forms/form-result.ts';
import { UnsavedGuard } from '../forms/unsaved-guard.tsx';
import { ButtonLink } from '../ui/button.tsx';
import { Card } from '../ui/card.tsx';
import { Notice } from '../ui/notice.tsx';
import type { KnownFiling } from './filing.tsx';
import { SaveOrLeave, SegmentFields, useFieldsEdited, type SegmentAbout } from './segment-fields.tsx';

interface ClusterEditorProps {
  id: string;
  about: SegmentAbout;
  known: KnownFiling;
  nearest: readonly NearestCentre[];
  /** Of the segment that the group was looked for in; null for all customers. */
  within: { id: string; name: string } | null;
  /** Why no rule could be made of it, where that was tried. */
  noRule: string | null;
  result: FormResult | undefined;
}

export function ClusterEditor({ id, about, known, nearest, within, noRule, result }: ClusterEditorProps) {
  const { edited, onChange } = useFieldsEdited();
  return (
    <Form method="post" className="flex max-w-3xl flex-col gap-4" onChange={onChange}>
      <UnsavedGuard dirty={edited} what="What you changed here" />
      <FormMessage result={result} />
      {noRule !== null && <Notice tone="bad" role="alert">{noRule}. It stays as it is.</Notice>}
      <SegmentFields about={about} known={known} result={result} />
      <Card title="Who is in" note={within === null ? 'Among all customers with orders' : <>Among members of <Link to={`/segments/${within.id}`} className="underline underline-offset-2">{within.name}</Link></>}>
        <p className="text-14 text-pretty">This group was found in your data. Whoever is nearest to its centre is in, and comes or goes with every order and every day. A centre has no conditions that could be changed one by one: turn the group into a rule for that.</p>
        {nearest.map((one, n) => <Centre key={n} centre={one} isInner={n > 0} />)}
        <div className="mt-5 flex flex-wrap items-center gap-3">
          <ButtonLink to={`/segments/${id}/edit?as=rule`}>Turn into a rule…</ButtonLink>
          <p className="text-13 text-muted">Opens the rule with how well it names the group; nothing changes before you save.</p>
        </div>
      </Card>
      <div className="flex flex-wrap justify-end gap-2">
        <SaveOrLeave leaveTo={`/segments/${id}`} intent="describe" save="Save changes" />
      </div>
    </Form>
  );
}

function Centre({ centre: { groups, centre }, isInner }: { centre: NearestCentre; isInner: boolean }) {
  const formats = useFormats();
  return (
    <div className="mt-4">
      <p className="text-13 text-muted">{isInner ? 'And among them, the' : 'The'} centre, one of {formats.count(groups)}</p>
      <dl className="figures mt-1 grid gap-x-6 sm:grid-cols-2">
        {centre.map(({ feature, value }) => (
          <div key={feature} className="flex justify-between gap-3 border-t border-line py-1.5 text-14">
            <dt>{featureLabel(feature)}</dt>
            <dd className="font-strong">{featureText(feature, value, formats, formats.currency)}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
