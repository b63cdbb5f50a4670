/** The custom properties that components set inline. */
import 'react';

declare module 'react' {
  interface CSSProperties {
    /** Place on the heat scale, 0 to 1; see the utility `heat`. */
    '--heat'?: number;
  }
}
