/** First and last names by country for people who do not exist. */
import { between, pick, pickWeighted } from '#core/math/random';
import type { Random } from '#core/math/random';

interface Country {
  code: string;
  name: string;
  /** What its customers pay in. */
  currency: 'EUR' | 'CHF' | 'USD' | 'GBP';
  /** Relative number of customers. */
  weight: number;
  first: string;
  last: string;
}

const GERMAN_LAST = 'Müller Schmidt Schneider Fischer Weber Meyer Wagner Becker Schulz Hoffmann Koch Bauer Richter Klein Wolf Neumann Schwarz Zimmermann Braun Krüger Hofmann Hartmann Lange Werner Krause Lehmann Köhler Maier Herrmann König Walter Mayer Huber Kaiser Fuchs Peters Lang Scholz Möller Weiß Jung Hahn Vogel Friedrich Keller Günther Frank Berger Winkler Roth Beck Lorenz Baumann Franke Albrecht Schuster Simon Ludwig Böhm Winter Kraus Martin Schumacher Krämer Vogt Stein Jäger Otto Sommer Groß Seidel Heinrich Brandt Haas Schreiber Graf Dietrich Ziegler Kuhn Pohl Engel Horn Busch Bergmann Thomas Voigt Sauer Arnold Wolff Pfeiffer Yılmaz Kaya Nguyen Kowalski Nowak Petrović Rossi Demir';
const GERMAN_FIRST = 'Anna Lena Marie Sophie Laura Julia Katharina Sarah Hannah Lea Johanna Clara Emma Mia Charlotte Frieda Greta Ida Paula Nora Sabine Petra Claudia Susanne Birgit Monika Ulrike Renate Heike Martina Lukas Leon Felix Jonas Paul Maximilian Elias Noah Ben Finn Jakob Moritz Anton Emil Theo Jan Tim Philipp Niklas Tobias Stefan Michael Andreas Thomas Martin Peter Jürgen Frank Uwe Bernd Wolfgang Klaus Aylin Emre Mehmet Linh Zofia Milan';

const COUNTRIES: readonly Country[] = [
  { code: 'DE', name: 'Germany', currency: 'EUR', weight: 640, first: GERMAN_FIRST, last: GERMAN_LAST },
  { code: 'AT', name: 'Austria', currency: 'EUR', weight: 120, first: GERMAN_FIRST, last: 'Gruber Huber Bauer Wagner Pichler Steiner Moser Mayer Hofer Leitner Berger Fuchs Eder Fischer Schmid Winkler Weber Schwarz Maier Schneider Reiter Mayr Wimmer Egger Brunner Lang Baumgartner Auer Binder Lechner Wolf Wallner Aigner Ebner Koller Lehner Haas Schuster' },
  { code: 'NL', name: 'Netherlands', currency: 'EUR', weight: 85, first: 'Emma Sanne Lotte Fleur Anouk Iris Femke Roos Eva Julia Daan Sem Bram Lars Thijs Jesse Ruben Sven Pieter Maarten Willem Joost', last: 'de Jong|Jansen|de Vries|van den Berg|van Dijk|Bakker|Visser|Smit|Meijer|de Boer|Mulder|de Groot|Bos|Vos|Peters|Hendriks|van Leeuwen|Dekker|Brouwer|de Wit|Dijkstra|Smits|Kok|van der Meer|Kuipers|Postma' },
  { code: 'FR', name: 'France', currency: 'EUR', weight: 70, first: 'Camille Léa Manon Chloé Inès Juliette Louise Alice Margaux Élodie Lucas Hugo Louis Gabriel Arthur Jules Raphaël Antoine Mathieu Nicolas Julien', last: 'Martin Bernard Dubois Thomas Robert Richard Petit Durand Leroy Moreau Simon Laurent Lefebvre Michel Garcia David Bertrand Roux Vincent Fournier Morel Girard André Mercier Blanc Guérin Boyer Garnier Chevalier François' },
  { code: 'IT', name: 'Italy', currency: 'EUR', weight: 32, first: 'Giulia Chiara Francesca Martina Alice Elena Sofia Lorenzo Matteo Andrea Luca Marco Davide Federico Paolo', last: 'Rossi Russo Ferrari Esposito Bianchi Romano Colombo Ricci Marino Greco Bruno Gallo Conti Costa Mancini Rizzo' },
  { code: 'CH', name: 'Switzerland', currency: 'CHF', weight: 30, first: 'Nina Lara Céline Seraina Ladina Mirjam Urs Reto Beat Luca Nico Fabian Simon Marc', last: 'Müller Meier Keller Frei Brunner Baumann Gerber Zimmermann Moser Widmer Wyss Graf Roth Suter Bachmann Bühler Kunz Favre Rochat Bernasconi' },
  { code: 'US', name: 'United States', currency: 'USD', weight: 12, first: 'Olivia Ava Grace Hannah Abigail Maya Ethan Mason Logan Caleb Owen Diego', last: 'Smith Johnson Williams Brown Jones Garcia Miller Davis Rodriguez Martinez Lee Walker Nguyen Patel' },
  { code: 'GB', name: 'United Kingdom', currency: 'GBP', weight: 11, first: 'Amelia Isla Poppy Freya Imogen Rosie Oliver Harry George Alfie Callum Rhys', last: 'Taylor Davies Evans Thomas Roberts Wright Hughes Edwards Green Clarke Khan Murray Fraser' },
];

export interface Person {
  first: string;
  last: string;
  /** At example domains: nobody is ever written to by accident. */
  email: string;
  country: string;
  countryName: string;
  currency: Country['currency'];
}

const MAIL_HOSTS = ['mail.example', 'post.example', 'inbox.example', 'letters.example'] as const;
const LATIN: Readonly<Record<string, string>> = { ä: 'ae', ö: 'oe', ü: 'ue', ß: 'ss', ı: 'i' };

function slug(name: string): string {
  return name.toLowerCase().replace(/[äöüßı]/g, (letter) => LATIN[letter] ?? letter)
    .normalize('NFD').replace(/[^a-z]/g, '');
}

/** A person with a mail address of their own; `serial` keeps two of the same name apart. */
export function inventPerson(random: Random, serial: number): Person {
  const country = pickWeighted(random, COUNTRIES, (one) => one.weight);
  const first = pick(random, country.first.split(' '));
  const last = pick(random, country.last.split(country.last.includes('|') ? '|' : ' '));
  const separator = pick(random, ['.', '.', '_', '']);
  const email = `${slug(first)}${separator}${slug(last)}${between(random, 1, 9)}${serial}@${pick(random, MAIL_HOSTS)}`;
  return { first, last, email, country: country.code, countryName: country.name, currency: country.currency };
}

/**
 * A person from what a customer list holds of them.
 * @param name first name first
 */
export function personOf({ name, email, country }: { name: string; email: string; country: string | null }): Person {
  const [first = '', ...rest] = name.split(' ');
  const home = COUNTRIES.find((one) => one.code === country);
  return { first, last: rest.join(' '), email, country: country ?? 'DE', countryName: home?.name ?? country ?? 'Germany', currency: home?.currency ?? 'EUR' };
}
