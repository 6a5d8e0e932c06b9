/**
 * The one catalogue of problems a client can meet (RFC 9457): code, HTTP status and texts in both
 * languages. `{name}` in a text is replaced by the problem's parameter of that name.
 * A detail says what to do next.
 */
export const problems = {
  'not-authenticated': {
    status: 401,
    title: { sv: 'Du är inte inloggad', en: 'You are not authenticated' },
    detail: {
      sv: 'Skicka en giltig åtkomstnyckel i huvudet Authorization: Bearer.',
      en: 'Send a valid access token in the header Authorization: Bearer.',
    },
  },
  'session-ended': {
    status: 401,
    title: { sv: 'Din inloggning gäller inte längre', en: 'Your session has ended' },
    detail: {
      sv: 'Logga in igen. Det som inte var sparat behöver göras om.',
      en: 'Sign in again. What was not stored needs to be done again.',
    },
  },
  'sign-in-failed': {
    status: 400,
    title: { sv: 'Inloggningen gick inte att slutföra', en: 'The sign-in could not be completed' },
    detail: {
      sv: 'Börja om inloggningen. Den kan ha tagit för lång tid, ha avbrutits eller ha påbörjats i en annan flik.',
      en: 'Start the sign-in again. It may have taken too long, have been cancelled or have been begun in another tab.',
    },
  },
  'level-too-low': {
    status: 403,
    title: { sv: 'Inloggningen är inte säker nog', en: 'The sign-in is not strong enough' },
    detail: {
      sv: 'Logga in med en metod som uppfyller tillitsnivån {required}, till exempel e-tjänstekort.',
      en: 'Sign in by a method that meets the assurance level {required}, such as a smart card.',
    },
  },
  'csrf-refused': {
    status: 403,
    title: { sv: 'Anropet kom inte från webbplatsen', en: 'The request did not come from the web site' },
    detail: {
      sv: 'Hämta csrfToken från /auth/session och skicka den i huvudet X-CSRF-Token, från samma webbplats. Inget har sparats.',
      en: 'Fetch csrfToken from /auth/session and send it in the header X-CSRF-Token, from the same site. Nothing was stored.',
    },
  },
  forbidden: {
    status: 403,
    title: { sv: 'Din roll får inte göra detta', en: 'Your role may not do this' },
    detail: {
      sv: 'Kommandot {command} kräver en annan roll. Kontakta den som tilldelar roller i din organisation.',
      en: 'The command {command} needs another role. Contact whoever assigns roles in your organisation.',
    },
  },
  'insufficient-scope': {
    status: 403,
    title: { sv: 'Åtkomstnyckeln omfattar inte detta', en: 'The access token does not cover this' },
    detail: {
      sv: 'Anropet kräver omfånget {scope}. Hämta en åtkomstnyckel med det; får klienten inte ha det, kontakta kansliet som lagt upp klienten.',
      en: 'The request needs the scope {scope}. Get an access token with it; if the client may not have it, contact the office that registered the client.',
    },
  },
  'conflict-of-interest': {
    status: 403,
    title: { sv: 'Du är jävig', en: 'You have a conflict of interest' },
    detail: {
      sv: 'Den som arbetar i den sökande regionen, eller har anmält jäv, får varken bedöma ansökan, besluta om den eller betala ut medlen. Låt en kollega göra det.',
      en: 'Whoever works in the applying region, or has declared a conflict of interest, may neither assess the application, decide on it nor pay the grant. Let a colleague do so.',
    },
  },
  'four-eyes': {
    status: 403,
    title: { sv: 'En annan person måste göra detta', en: 'Another person must do this' },
    detail: {
      sv: 'Du har redan haft en del i ärendet, se fältet parts. Den som har lämnat in, signerat eller bedömt ansökan beslutar inte om den; den som har lämnat in, signerat, beslutat eller rekvirerat betalar inte ut, och den som har förberett en utbetalning attesterar den inte. Låt en kollega göra det, eller ta bort ansökan ur beslutsomgången. Inget har sparats.',
      en: 'You have had a part in the matter, see the field parts. Whoever submitted, signed or assessed the application does not decide on it; whoever submitted, signed, decided or requisitioned does not pay, and whoever prepared a payment does not attest it. Let a colleague do so, or take the application out of the round. Nothing was stored.',
    },
  },
  'own-role': {
    status: 403,
    title: { sv: 'Ingen ger eller avslutar en egen roll', en: 'Nobody gives or ends a role of their own' },
    detail: {
      sv: 'Be en kollega med samma uppdrag, eller en administratör, att göra ändringen. Inget har sparats.',
      en: 'Ask a colleague with the same task, or an administrator, to make the change. Nothing was stored.',
    },
  },
  'not-found': {
    status: 404,
    title: { sv: 'Finns inte', en: 'Not found' },
    detail: {
      sv: 'Det du söker finns inte, eller så får du inte se det.',
      en: 'What you look for does not exist, or you may not see it.',
    },
  },
  'method-not-allowed': {
    status: 405,
    title: { sv: 'Metoden går inte att använda här', en: 'The method cannot be used here' },
    detail: { sv: 'Tillåtna metoder: {allow}.', en: 'Permitted methods: {allow}.' },
  },
  'malformed-json': {
    status: 400,
    title: { sv: 'Texten är inte giltig JSON', en: 'The text is not valid JSON' },
    detail: {
      sv: 'Rätta JSON-texten och skicka igen. Inget har sparats.',
      en: 'Correct the JSON text and send it again. Nothing was stored.',
    },
  },
  'malformed-request': {
    status: 400,
    title: { sv: 'Anropet går inte att läsa', en: 'The request cannot be read' },
    detail: {
      sv: 'Adressen, ett huvud eller längden är fel skriven. Rätta och skicka igen. Inget har sparats.',
      en: 'The address, a header or the length is written wrongly. Correct it and send again. Nothing was stored.',
    },
  },
  'already-decided': {
    status: 409,
    title: { sv: 'Ansökan är redan beslutad', en: 'The application has already been decided' },
    detail: {
      sv: 'En ansökan får bara ett beslut. Läs om utlysningen och ta bort ansökan ur beslutsomgången.',
      en: 'An application gets one decision only. Read the call again and take the application out of the round.',
    },
  },
  'no-applications': {
    status: 409,
    title: { sv: 'RCC tar inte emot ansökningar', en: 'The RCC takes no applications' },
    detail: {
      sv: 'Beslutsvägen för {rcc} är en fast fördelning utan ansökningar. Ändra beslutsvägen på organisationen om det har ändrats.',
      en: 'The decision route of {rcc} is a fixed allocation without applications. Change the decision route of the organisation if that has changed.',
    },
  },
  'call-closed': {
    status: 409,
    title: { sv: 'Utlysningen är stängd', en: 'The call is closed' },
    detail: {
      sv: 'Sista ansökningsdag var {closesOn}. Utkastet finns kvar; kontakta kansliet om tiden förlängs.',
      en: 'The closing day was {closesOn}. The draft is kept; contact the office in case the time is extended.',
    },
  },
  'call-not-open': {
    status: 409,
    title: { sv: 'Utlysningen har inte öppnat', en: 'The call has not opened' },
    detail: {
      sv: 'Utlysningen öppnar {opensOn}. Utkast kan sparas innan dess.',
      en: 'The call opens on {opensOn}. Drafts can be saved before that.',
    },
  },
  'frame-exceeded': {
    status: 409,
    title: { sv: 'Ramen räcker inte', en: 'The frame does not suffice' },
    detail: {
      sv: 'Besluten ryms inte: {left} kronor återstår och {needed} kronor behövs. Fältet scope säger vilken gräns det gäller (utlysningens ram, ett tema eller en regions tak). Inget har beslutats.',
      en: "The decisions do not fit: SEK {left} is left and SEK {needed} is needed. The field scope says which limit it is (the call's frame, a theme or a region's cap). Nothing was decided.",
    },
  },
  'grant-exceeded': {
    status: 409,
    title: { sv: 'De beviljade medlen räcker inte', en: 'The grant does not suffice' },
    detail: {
      sv: '{left} kronor av det beviljade är inte rekvirerat och {needed} kronor begärs. Rekvirera högst det som är kvar, eller återta en rekvisition som inte har betalats. Inget har sparats.',
      en: 'SEK {left} of the grant has not been requisitioned and SEK {needed} is asked for. Requisition at most what is left, or withdraw a requisition that has not been paid. Nothing was stored.',
    },
  },
  'state-conflict': {
    status: 409,
    title: { sv: 'Går inte i nuvarande läge', en: 'Not possible in the present state' },
    detail: {
      sv: 'Kommandot {command} går inte när läget är {state}. Se fältet allowed för vad som går nu.',
      en: 'The command {command} is not possible in state {state}. See the field allowed for what is possible now.',
    },
  },
  'already-exists': {
    status: 409,
    title: { sv: 'Finns redan', en: 'Exists already' },
    detail: {
      sv: 'Det finns redan en post för samma sak. Rätta den i stället för att skapa en ny.',
      en: 'There is already a record of the same thing. Correct it instead of creating a new one.',
    },
  },
  'too-many-keys': {
    status: 409,
    title: { sv: 'Klienten har redan två nycklar', en: 'The client has two keys already' },
    detail: {
      sv: 'Högst {maximum} nycklar gäller samtidigt. Avsluta den gamla nyckeln innan du lägger till en ny.',
      en: 'At most {maximum} keys are alive at once. End the old key before adding a new one.',
    },
  },
  'precondition-failed': {
    status: 412,
    title: { sv: 'Någon har ändrat sedan du läste', en: 'Changed since you read it' },
    detail: {
      sv: 'Läs om resursen, se vad som ändrats och skicka igen med den nya ETag:en {etag}.',
      en: 'Read the resource again, see what changed and send again with the new ETag {etag}.',
    },
  },
  'body-too-large': {
    status: 413,
    title: { sv: 'För mycket data', en: 'Too much data' },
    detail: {
      sv: 'Högst {limit} får skickas i ett anrop.',
      en: 'At most {limit} may be sent in one request.',
    },
  },
  'unsupported-media-type': {
    status: 415,
    title: { sv: 'Fel innehållstyp', en: 'Wrong content type' },
    detail: {
      sv: 'Skicka innehållet som {expected} i UTF-8.',
      en: 'Send the content as {expected} in UTF-8.',
    },
  },
  'invalid-input': {
    status: 422,
    title: { sv: 'Uppgifterna går inte att ta emot', en: 'The input cannot be accepted' },
    detail: {
      sv: 'Rätta felen som räknas upp i errors och skicka igen. Inget har sparats.',
      en: 'Correct the faults listed in errors and send again. Nothing was stored.',
    },
  },
  'not-ready-for-submission': {
    status: 422,
    title: { sv: 'Ansökan är inte färdig att lämna in', en: 'The application is not ready to be submitted' },
    detail: {
      sv: 'Åtgärda punkterna i errors. Utkastet är sparat och har inte kommit in.',
      en: 'Mend the points in errors. The draft is kept and has not arrived.',
    },
  },
  'too-deep': {
    status: 422,
    title: { sv: 'För djupt nästlade uppgifter', en: 'Too deeply nested input' },
    detail: { sv: 'Högst {limit} nivåer tas emot.', en: 'At most {limit} levels are accepted.' },
  },
  'idempotency-key-reused': {
    status: 422,
    title: {
      sv: 'Idempotency-Key har redan använts till något annat',
      en: 'Idempotency-Key was already used for something else',
    },
    detail: {
      sv: 'Samma nyckel får bara följa samma innehåll. Välj en ny nyckel för ett nytt anrop.',
      en: 'The same key may only go with the same content. Choose a new key for a new request.',
    },
  },
  'precondition-required': {
    status: 428,
    title: { sv: 'If-Match saknas', en: 'If-Match is missing' },
    detail: {
      sv: 'Läs resursen och skicka dess ETag i huvudet If-Match, så att ingen annans ändring skrivs över.',
      en: "Read the resource and send its ETag in the header If-Match, so that nobody else's change is overwritten.",
    },
  },
  'calendar-too-large': {
    status: 422,
    title: { sv: 'Kalendern blir för stor', en: 'The calendar is too large' },
    detail: {
      sv: 'En kalender har högst {maximum} tidsfrister. Avgränsa med rcc, region, kind, state eller subjectId.',
      en: 'A calendar holds at most {maximum} deadlines. Narrow it by rcc, region, kind, state or subjectId.',
    },
  },
  'too-many-requests': {
    status: 429,
    title: { sv: 'För många anrop', en: 'Too many requests' },
    detail: { sv: 'Vänta {seconds} sekunder och försök igen.', en: 'Wait {seconds} seconds and try again.' },
  },
  'internal-error': {
    status: 500,
    title: { sv: 'Något gick fel hos oss', en: 'Something went wrong on our side' },
    detail: {
      sv: 'Felet är loggat. Uppge traceId om du kontaktar förvaltningen.',
      en: 'The fault is logged. Give the traceId if you contact the operators.',
    },
  },
  unavailable: {
    status: 503,
    title: {
      sv: 'En del av tjänsten är tillfälligt nere',
      en: 'A part of the service is down for the moment',
    },
    detail: {
      sv: 'Försök igen om {seconds} sekunder. Med samma Idempotency-Key blir inget gjort två gånger.',
      en: 'Try again in {seconds} seconds. With the same Idempotency-Key nothing is done twice.',
    },
  },
} as const satisfies Record<
  string,
  { status: number; title: { sv: string; en: string }; detail: { sv: string; en: string } }
>;

export type ProblemCode = keyof typeof problems;
export type Language = 'sv' | 'en';
