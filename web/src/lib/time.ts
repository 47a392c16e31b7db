/** Times are shown in the reader's own zone; the exact UTC instant is always at hand in the title. */

const FULL: Intl.DateTimeFormatOptions = { dateStyle: 'medium', timeStyle: 'medium' };
const SHORT: Intl.DateTimeFormatOptions = { dateStyle: 'medium', timeStyle: 'short' };

export function formatDateTime(iso: string, precise = false): string {
  const at = new Date(iso);
  return Number.isNaN(at.getTime()) ? iso : new Intl.DateTimeFormat(undefined, precise ? FULL : SHORT).format(at);
}

/** A calendar day, which belongs to the business's zone: it must not shift with the reader's. */
export function formatDay(day: string): string {
  const at = new Date(`${day}T00:00:00Z`);
  return Number.isNaN(at.getTime())
    ? day
    : new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeZone: 'UTC' }).format(at);
}

/** Unit, its seconds, and from how many seconds on it is used: “23 months ago” rather than “last year”. */
const STEPS: readonly [Intl.RelativeTimeFormatUnit, size: number, from: number][] = [
  ['year', 31_557_600, 2 * 31_557_600],
  ['month', 2_629_800, 2 * 2_629_800],
  ['day', 86_400, 86_400],
  ['hour', 3_600, 3_600],
  ['minute', 60, 60],
];

/** “5 minutes ago”, “in 2 days”. */
export function formatRelative(iso: string, now: number): string {
  const seconds = Math.round((new Date(iso).getTime() - now) / 1000);
  const words = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto' });
  for (const [unit, size, from] of STEPS) {
    if (Math.abs(seconds) >= from) return words.format(Math.trunc(seconds / size), unit);
  }
  return Math.abs(seconds) < 5 ? 'just now' : words.format(seconds, 'second');
}

/** How long something took: “850 ms”, “12 s”, “3 min 20 s”. */
export function formatDuration(milliseconds: number): string {
  if (milliseconds < 1_000) return `${Math.max(0, Math.round(milliseconds))} ms`;
  const seconds = Math.round(milliseconds / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return seconds % 60 ? `${minutes} min ${seconds % 60} s` : `${minutes} min`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** A countdown as a clock shows it: “4:32”. */
export function formatCountdown(milliseconds: number): string {
  const seconds = Math.max(0, Math.ceil(milliseconds / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

/** Longer waits overflow a timer and would fire at once, so they are made in steps. */
const LONGEST_WAIT = 2_000_000_000;

/** Calls back at a moment, however far away; the answer cancels. */
export function atTime(moment: number, callback: () => void): () => void {
  let timer: ReturnType<typeof setTimeout>;
  const wait = () => {
    const left = moment - Date.now();
    timer = left <= 0 ? setTimeout(callback, 0) : setTimeout(wait, Math.min(left, LONGEST_WAIT));
  };
  wait();
  return () => clearTimeout(timer);
}

/** A moment as a date-and-time field of the browser holds it: in the reader's zone, to the second. */
export function toLocalField(iso: string): string {
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return '';
  const local = new Date(at.getTime() - at.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 19);
}

/** The moment that such a field holds; null while it holds none. */
export function fromLocalField(text: string): string | null {
  const at = new Date(text);
  return text === '' || Number.isNaN(at.getTime()) ? null : at.toISOString();
}
