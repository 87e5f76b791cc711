import type { ExceptionWords } from './en.ts';

const FR: ExceptionWords = {
  codes: {
    OUTCOME_UNKNOWN: {
      title: 'Le hub n’a pas dit comment cela s’est terminé',
      meaning: 'L’argent a peut-être bougé. Le hub a été interrogé autant que prévu, et l’est encore, de plus en plus rarement.',
      advice: 'Demandez au hub, ou à son opérateur. Ne libérez, ne comptabilisez et ne remboursez rien à la main avant sa réponse.',
    },
    CORE_OUTCOME_UNKNOWN: {
      title: 'Personne ne sait ce que notre système a fait',
      meaning: 'Notre système a été appelé, sans réponse qui dise s’il a exécuté le transfert.',
      advice: 'Regardez dans le système si le transfert est comptabilisé, et comparez avec le hub.',
    },
    CORE_CREDITED_HUB_ABORTED: {
      title: 'Notre système a crédité, le hub a annulé',
      meaning: 'Notre client a de l’argent que nous ne recevons pas : rien n’a bougé entre les établissements.',
      advice: 'Annulez l’écriture dans le système, puis résolvez comme annulé.',
    },
    CORE_MAY_HAVE_CREDITED: {
      title: 'Le hub a annulé, notre système a peut-être crédité',
      meaning: 'Rien n’a bougé entre les établissements. Personne ne sait si notre système a comptabilisé.',
      advice: 'Regardez dans le système ; annulez l’écriture si elle y est.',
    },
    CORE_CREDITED_TOO_LATE: {
      title: 'Notre système a crédité trop tard',
      meaning: 'Notre système a comptabilisé après le délai, si bien qu’aucune confirmation n’a été envoyée au hub.',
      advice: 'Attendez le mot du hub ; il est interrogé. S’il annule, annulez l’écriture.',
    },
    CORE_NOT_TOLD: {
      title: 'Notre système ne prend pas l’issue',
      meaning: 'Le transfert est terminé, et notre système refuse de l’apprendre. Ce qu’il retient reste retenu.',
      advice: 'Cherchez pourquoi il refuse ; comptabilisez ou libérez à la main si cela dure.',
    },
    FULFILMENT_WRONG: {
      title: 'Déclaré validé avec une preuve fausse',
      meaning: 'La preuve de l’autre côté ne va pas avec le paiement, qui n’est donc pas pris pour terminé. Elle est redemandée.',
      advice: 'Prévenez l’opérateur du hub.',
    },
    FULFILMENT_MISSING: {
      title: 'Déclaré validé sans preuve',
      meaning: 'La preuve de l’autre côté manque, si bien que le paiement n’est pas pris pour terminé. Elle est redemandée.',
      advice: 'Prévenez l’opérateur du hub.',
    },
    CONTRADICTION: {
      title: 'Deux mots finaux se contredisent',
      meaning: 'Le premier vaut, les deux sont conservés. Rien n’est comptabilisé dans l’autre sens tout seul.',
      advice: 'Comparez le registre du hub avec le paiement et avec le système ; prévenez l’opérateur du hub.',
    },
    JOURNAL_RESTORED: {
      title: 'Le journal a été remis à une copie plus ancienne',
      meaning: 'Il a peut-être oublié des paiements, si bien qu’aucun nouveau n’est pris.',
      advice: 'Faites lire ce qui a été payé depuis la copie, puis faites lever la marque par un administrateur.',
    },
    TRANSFER_UNKNOWN: {
      title: 'Le hub connaît un transfert que nous ne connaissons pas',
      meaning: 'Le journal l’a peut-être oublié, ou le hub parle de quelqu’un d’autre.',
      advice: 'Regardez si le système retient ou a comptabilisé de l’argent. Corrigez, puis résolvez.',
    },
    CORE_EFFECT_UNKNOWN: {
      title: 'Personne ne sait si notre système a exécuté une étape',
      meaning: 'Le connecteur a commencé quelque chose ; répétitions et questions n’ont pas dit ce qui en est sorti.',
      advice: 'Cherchez dans le système l’effet nommé, et comparez avec le paiement.',
    },
    CORE_EFFECT_STUCK: {
      title: 'Notre système refuse ce qui doit être fait',
      meaning: 'Le paiement ne peut se poursuivre dans le système, ou le connecteur ne va plus avec ce qui a été commencé.',
      advice: 'Lisez la raison. Remettez la version précédente du connecteur, ou faites à la main ce qui manque.',
    },
    CORE_HOLD_EXPIRES: {
      title: 'Notre système va lâcher une retenue',
      meaning: 'Le paiement n’a pas encore d’issue, et l’argent du client peut redevenir libre.',
      advice: 'Demandez l’issue à l’opérateur du hub ; retenez l’argent à nouveau à la main.',
    },
    SEND_OUTCOME_UNKNOWN: {
      title: 'Le paiement de notre client n’a pas d’issue connue',
      meaning: 'L’argent reste retenu. La question est posée encore, et un mot final plus tard le termine tout seul.',
      advice: 'Demandez à l’opérateur du hub.',
    },
    SEND_WITHOUT_HOLD: {
      title: 'Notre client paie, et rien n’est retenu',
      meaning: 'Le paiement déplace, ou a déplacé, de l’argent pour lequel le système ne retient rien.',
      advice: 'Regardez dans les livres. Prenez l’argent à la main là où c’est validé, puis dites que c’est fait.',
    },
  },
  otherCode: {
    title: 'Demande une personne',
    meaning: 'Ce que cela veut dire est dit par le produit.',
    advice: 'Regardez le paiement.',
  },
};

export default FR;
