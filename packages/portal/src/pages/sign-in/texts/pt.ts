import type { SignInTexts } from './en.ts';

const PT: SignInTexts = {
  title: 'Iniciar sessão',
  name: 'Nome de utilizador',
  password: 'Palavra-passe',
  next: 'Seguinte',
  or: 'ou',
  withPasskey: 'Iniciar sessão com uma chave de acesso',
  withProvider: (provider) => `Iniciar sessão com ${provider}`,
  notReturned: 'Este endereço não contém nada do fornecedor. Comece de novo o início de sessão.',
  account: 'A sua conta no fornecedor:',
  codeTitle: 'Segundo fator',
  codeHint: 'Os seis algarismos que a aplicação de autenticação mostra agora, ou um dos códigos de recuperação.',
  code: 'Código',
  signIn: 'Iniciar sessão',
  back: 'Voltar',
  lost: 'Perdeu a palavra-passe ou o autenticador? Um administrador pode dar-lhe um novo link.',
  passkeyRefused: 'A chave de acesso não foi usada: a operação foi cancelada, ou este dispositivo não tem nenhuma para este endereço.',
  welcome: {
    title: 'Boas-vindas',
    opening: 'A abrir o link…',
    noToken: 'Este endereço não é um link completo. Abra o link tal como lhe foi dado.',
    toSignIn: 'Ir para o início de sessão',
    passwordTitle: 'Escolher uma palavra-passe',
    passwordHint:
      '12 ou mais caracteres. Servem quatro ou cinco palavras que ninguém juntaria; o seu nome, ou o que todos experimentam, não é aceite.',
    newPassword: 'Nova palavra-passe',
    go: 'Continuar',
    authenticatorTitle: 'Adicionar um autenticador',
    authenticatorHint: 'Leia isto com uma aplicação de autenticação, depois introduza os seis algarismos que ela mostra.',
    qr: 'Código QR para a aplicação de autenticação',
    secret: 'Sem câmara? Introduza esta chave na aplicação:',
    recoveryTitle: 'Guardar os códigos de recuperação',
    recoveryHint:
      'Cada um substitui uma vez o segundo fator, se perder o autenticador. Só são mostrados agora: guarde-os longe da palavra-passe.',
    copyCodes: 'os códigos de recuperação',
    download: 'Descarregar',
    kept: 'Já os guardei',
  },
};

export default PT;
