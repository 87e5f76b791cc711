import { useMantineColorScheme } from '@mantine/core';
import type { FoundPage } from '@payment-manager/management-api/types';
import { LANGUAGES, type Language } from '@payment-manager/runtime/languages';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { ask } from '../../api/ask.ts';
import { useMe } from '../../api/me.ts';
import type { IconName } from '../../components/icon.tsx';
import { useFormats } from '../../text/formats.ts';
import { useFrameTexts } from '../../text/frame/frame-texts.ts';
import { chooseLanguage, useLanguage } from '../../text/language.ts';
import { chooseZone, useShownZone } from '../../text/zone.ts';
import { NAVIGATION } from '../navigation.ts';
import { useSignOut } from '../user-menu.tsx';

/** Something that can be chosen in the palette. */
export interface PaletteOption {
  readonly id: string;
  readonly group: 'payments' | 'goTo' | 'act';
  readonly icon: IconName;
  readonly text: string;
  readonly aside?: string;
  choose(): void;
}

const FOUND_MAX = 6;

/** Letters without their accents, so that `sante` finds `Santé`. */
const folded = (text: string): string => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();

/** What can be chosen for what was typed: payments that it finds, pages and actions whose words have it. */
export function usePaletteOptions(typed: string): readonly PaletteOption[] {
  const found = useFoundPayments(typed.trim());
  const pages = usePageOptions();
  const actions = useActionOptions();
  const wanted = folded(typed.trim());
  const starts = ({ text }: PaletteOption): number => (folded(text).startsWith(wanted) ? 0 : 1);
  const named = [...pages, ...actions].filter(({ text }) => folded(text).includes(wanted)).sort((a, b) => starts(a) - starts(b));
  return [...named, ...found];
}

function useFoundPayments(typed: string): readonly PaletteOption[] {
  const { palette } = useFrameTexts();
  const navigate = useNavigate();
  const { amount, fromTo, moment } = useFormats();
  const mayRead = useMe().permissions.includes('payments:read');
  const { data } = useQuery({
    queryKey: ['palette', typed],
    queryFn: ({ signal }) => ask<FoundPage>('GET /payments/search', { query: { q: typed, limit: FOUND_MAX }, signal }),
    enabled: mayRead && typed.length >= 3,
    staleTime: 10_000,
  });
  if (!mayRead || typed === '') return [];
  const rows = (data?.payments ?? []).map(
    (one): PaletteOption => ({
      id: `payment-${one.id}`,
      group: 'payments',
      icon: one.direction,
      text: fromTo(one.payer?.name ?? one.payer?.id ?? '–', one.payee?.name ?? one.payee?.id ?? '–'),
      aside: `${one.amount === undefined ? '' : amount(one.amount, one.currency)} · ${moment(one.startedAt, one.updatedAt)}`,
      choose: () => void navigate({ to: '/payments/$row', params: { row: String(one.id) } }),
    }),
  );
  const all: PaletteOption = {
    id: 'search',
    group: 'payments',
    icon: 'search',
    text: palette.searchFor(typed),
    choose: () => void navigate({ to: '/payments', search: { q: typed } }),
  };
  return [...rows, all];
}

function usePageOptions(): readonly PaletteOption[] {
  const { pages } = useFrameTexts();
  const { permissions } = useMe();
  const navigate = useNavigate();
  const shown = NAVIGATION.filter(({ permission }) => permissions.includes(permission));
  return [...shown, { to: '/account', text: 'account', icon: 'key' } as const].map(({ to, text, icon }) => ({
    id: `page-${to}`,
    group: 'goTo',
    icon,
    text: pages[text],
    choose: () => void navigate({ to }),
  }));
}

function useActionOptions(): readonly PaletteOption[] {
  const { palette, signOut: signOutText } = useFrameTexts();
  const language = useLanguage();
  const zone = useShownZone();
  const { businessDay } = useMe().process;
  const { setColorScheme } = useMantineColorScheme();
  const signOut = useSignOut();
  const other = (Object.keys(LANGUAGES) as Language[]).filter((one) => one !== language);
  const act = (id: string, icon: IconName, text: string, choose: () => void): PaletteOption => ({ id, group: 'act', icon, text, choose });
  return [
    act('light', 'eye', palette.light, () => setColorScheme('light')),
    act('dark', 'eye', palette.dark, () => setColorScheme('dark')),
    ...other.map((one) => act(`language-${one}`, 'user', palette.language(LANGUAGES[one].name), () => void chooseLanguage(one))),
    ...(businessDay.zone === 'UTC'
      ? []
      : [
          zone === 'utc'
            ? act('zone', 'clock', palette.zoneBusiness(businessDay.zone), () => chooseZone('business'))
            : act('zone', 'clock', palette.zoneUtc, () => chooseZone('utc')),
        ]),
    act('sign-out', 'out', signOutText, () => void signOut()),
  ];
}
