/** Hands the merchant's formats to every component below. */
import { createContext, useContext, useMemo, type ReactNode } from 'react';
import { createFormats, type Formats, type FormatSettings } from './formats.ts';

const FormatsContext = createContext<Formats>(createFormats({ locale: 'en-GB', currency: 'EUR', timeZone: 'UTC' }));

export function FormatsProvider({ locale, currency, timeZone, children }: FormatSettings & { children: ReactNode }) {
  const formats = useMemo(() => createFormats({ locale, currency, timeZone }), [locale, currency, timeZone]);
  return <FormatsContext.Provider value={formats}>{children}</FormatsContext.Provider>;
}

export function useFormats(): Formats {
  return useContext(FormatsContext);
}
