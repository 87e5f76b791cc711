import type { Random } from '@payment-manager/runtime';

/** Somebody who pays or is paid. */
export interface Person {
  readonly idType: 'MSISDN' | 'ACCOUNT_ID' | 'EMAIL';
  readonly idValue: string;
  readonly firstName: string;
  readonly lastName: string;
}

const FIRST_NAMES =
  'Amara Thandi Sipho Zoë José Fatou Kwame Aïcha Juma Neema Baraka Mwajuma Chinedu Ngozi Oluwaseun Yaw Abena Kofi Mariam Ibrahim Ousmane Awa Mamadou Sekou Binta Moussa Aminata Cheikh Rokia Issa Salma Hassan Zainab Omar Halima Yusuf Asha Rashid Khadija Ali Thein Aung Khin Su Hla Min Nilar Zaw Ana Luís João Inês Rui Sofia Pedro Marta Grace Peter Joyce Daniel Esther Samuel'.split(
    ' ',
  );
const LAST_NAMES =
  'Diallo Nkosi Dlamini Mensah Okafor Traoré Keïta Ndiaye Sow Ba Cissé Camara Kouyaté Touré Owusu Asante Boateng Adeyemi Okonkwo Eze Mwangi Otieno Wanjiku Kamau Njoroge Mushi Massawe Komba Ngowi Lyimo Hassan Abdi Mohamed Ahmed Osman Silva Santos Ferreira Costa Fernandes Gonçalves Nguyễn Win Htun Oo Lwin Kyaw Banda Phiri Tembo Mwale Zulu Chanda Mumba Moyo Ncube Sibanda Dube Ndlovu Khumalo Mokoena'.split(
    ' ',
  );
const PREFIXES = ['25571', '25574', '25575', '25576', '25578', '22177', '22507', '27713', '27823', '95979'];

/** The n-th person: always the same one. */
export function person(n: number): Person {
  const [firstName, lastName] = [pick(FIRST_NAMES, mixed(n)), pick(LAST_NAMES, mixed(n + 7_919))];
  if (n % 20 === 19) return { idType: 'ACCOUNT_ID', idValue: `AC${String(mixed(n)).padStart(12, '0')}`, firstName, lastName };
  if (n % 50 === 49) return { idType: 'EMAIL', idValue: `${firstName}.${lastName}.${n}@example.org`.toLowerCase(), firstName, lastName };
  return { idType: 'MSISDN', idValue: `${pick(PREFIXES, n)}${String(mixed(n) % 10_000_000).padStart(7, '0')}`, firstName, lastName };
}

/** A person out of so many: few of them pay often. */
export function somebody(random: Random, people: number): Person {
  return person(Math.floor(random.fraction() ** 2 * people));
}

const PEERS = [
  'bluewallet',
  'orangebank',
  'mcash',
  'unitedcoop',
  'kilimo',
  'savanna',
  'portus',
  'zenith',
  'airpay',
  'village',
  'delta',
  'nova',
];

/** Another FSP: half of all payments are with the two largest. */
export function somePeer(random: Random): string {
  return PEERS[Math.floor(random.fraction() ** 2.5 * PEERS.length)] ?? 'bluewallet';
}

function pick<T>(list: readonly T[], n: number): T {
  return list[n % list.length] as T;
}

/** Numbers that lie far apart for neighbours; the same for the same. */
function mixed(n: number): number {
  return Math.imul(n ^ (n >>> 15), 2_246_822_519) >>> 0;
}
