import type { AccountTexts } from './en.ts';

const PT: AccountTexts = {
  title: 'Início de sessão e sessões',
  sessions: 'Onde tem sessão iniciada',
  session: { by: 'Como', address: 'Endereço', since: 'Desde', seen: 'Última atividade', browser: 'Navegador' },
  thisOne: 'este navegador',
  end: 'Terminar',
  endSession: (address) => `Terminar a sessão de ${address}`,
  ways: {
    'password and code': 'palavra-passe e código',
    'password and recovery code': 'palavra-passe e código de recuperação',
    passkey: 'chave de acesso',
    'sandbox link': 'link do ambiente de testes',
  },
  password: 'Alterar a palavra-passe',
  current: 'Palavra-passe atual',
  next: 'Nova palavra-passe',
  nextHint: '12 ou mais caracteres; sem o seu nome, e nenhuma das que toda a gente experimenta. Todas as outras sessões terminam.',
  change: 'Alterar a palavra-passe',
  changed: 'A palavra-passe foi alterada; todas as outras sessões terminaram.',
  passkeys: 'Chaves de acesso',
  passkeysHint:
    'Uma chave de acesso inicia sessão com impressão digital, rosto ou código do dispositivo, e não pode ser obtida por phishing.',
  noPasskeys: 'Ainda não tem nenhuma.',
  added: (day) => `adicionada em ${day}`,
  called: 'Nome a dar-lhe',
  code: 'Código do autenticador',
  add: 'Adicionar uma chave de acesso',
  remove: 'Eliminar',
  removeNamed: (name) => `Eliminar a chave de acesso ${name}`,
  factors: 'Segundo fator',
  recoveryLeft: (count) => `Códigos de recuperação restantes: ${count}`,
  noFactors: 'Entrou por um link do ambiente de testes: não há palavra-passe nem segundo fator a alterar.',
};

export default PT;
