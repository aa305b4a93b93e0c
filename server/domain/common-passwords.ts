/**
 * What is guessed first: words that leaked lists hold most often, alone or with digits around them, and long phrases
 * of the same lists. In lower case, without spaces. Shorter passwords are refused by their length already.
 */
const words = `
  password passwort motdepasse contrasena contraseña senha parola wachtwoord haslo heslo salasana pass passwd passphrase
  passcode admin administrator administrador adminadmin root toor superuser sysadmin system manager operator service
  server database default guest user username login logon signin welcome willkommen bienvenue bienvenido welkom hello
  helloworld hallo bonjour letmein letmeinnow changeme changeit changethis changenow secret topsecret secure security
  private access accesscontrol trustno trustnoone nothing something whatever anything everything nobody somebody
  test testing tester testtest temp temporary demo example sample dummy foobar foobarbaz blabla blablabla
  qwerty qwertyuiop azerty qwertz asdf asdfgh asdfghjkl zxcvbn zxcvbnm qazwsx qazwsxedc
  iloveyou ilove iloveu iloveme loveyou loveme lovely lover lovers love sweetheart sweety babygirl babyboy princess
  prince princesa angel angels beautiful beauty butterfly buttercup sunshine sunflower moonlight starlight rainbow
  flower flowers blossom summer winter spring autumn monday tuesday wednesday thursday friday saturday sunday january
  february march april june july august september october november december sommer fruehling herbst
  dragon monkey shadow master michael jordan jennifer jessica ashley daniel andrew joshua matthew anthony william
  robert thomas richard charles christopher alexander alexandra elizabeth victoria samantha stephanie nicole michelle
  melissa amanda danielle charlotte benjamin jonathan nicholas patrick brandon justin austin george martin andrea
  football baseball basketball softball soccer hockey tennis golf cricket rugby arsenal chelsea liverpool manchester
  barcelona realmadrid juventus bayern dortmund yankees lakers cowboys steelers eagles packers redskins panthers
  superman batman spiderman ironman wolverine starwars startrek pokemon pikachu naruto minecraft fortnite playstation
  nintendo xbox mustang ferrari porsche mercedes corvette harley yamaha kawasaki toyota chevrolet cadillac
  computer internet network laptop keyboard desktop windows linux ubuntu debian macbook apple google facebook
  twitter instagram youtube linkedin microsoft amazon netflix whatsapp samsung oracle cisco github gitlab docker
  kubernetes jenkins deploy deployment production staging developer development engineer devops anytime portal
  cheese chocolate cookie cookies coffee banana orange cherry strawberry pepper ginger peanut pumpkin hamburger
  killer hunter ranger soldier warrior pirate ninja samurai phoenix falcon eagle tiger lion panther dolphin elephant
  freedom liberty america england germany deutschland france london berlin paris newyork california texas florida
  canada australia brasil india pakistan philippines mexico argentina colombia
  jesus jesuschrist godisgood godislove jesuslovesme blessed blessing heaven faith hope forever always together
  family mother father mommy daddy brother sister friend friends bestfriend bestfriends birthday christmas
  money dollar million millionaire lucky luckystar happy happiness smile smiley peaches diamond crystal silver golden
  company business office corporate enterprise customer employee company123 initial initpass newpassword mypassword
  yourpassword thepassword oldpassword nopassword passwordpassword mypass newpass hunter starwars whatsup
  genius matrix hacker hacking hackers cyber zxcvbnmasdfghjkl trinity mercury jupiter saturn galaxy universe
`;

const phrases = `
  correcthorsebatterystaple correcthorsebattery1 trustno1trustno1 iloveyouforever iloveyousomuch iloveyoubaby
  iloveyou2much iloveyoumore ilovemyself ilovemyfamily ilovemymom ilovemydad ilovemywife ilovejesus ilovegod ilovemusic
  iloveyouall iloveyoutoo forgetmenot forgetaboutit letmeinplease openthedoor opensesame abracadabra
  thisismypassword thisisapassword thisispassword mypasswordis passwordispassword mynameis whatismypassword
  idontknow idontcare idontremember iforgotmypassword iforgot nevermind donotenter keepout goawaynow leavemealone
  changemenow pleasechangeme changemeplease defaultpassword temporarypassword temppassword supersecret supersecure
  verysecret verysecure mysecretpassword secretpassword securepassword strongpassword longpassword goodpassword
  administratorpassword adminpassword rootpassword userpassword testpassword demopassword guestpassword masterpassword
  welcometothejungle welcomehome welcomeback helloworldhello hellokitty hellothere goodmorning goodnight
  maytheforcebewithyou theforceiswithyou lordoftherings harrypotter gameofthrones winteriscoming tobeornottobe
  onceuponatime thequickbrownfox thequickbrownfoxjumpsoverthelazydog quickbrownfox happybirthday happynewyear
  merrychristmas liverpoolfc manchesterunited manutd chelseafc arsenalfc realmadridcf fcbarcelona youllneverwalkalone
  ineedyou imissyou missyousomuch loveyouforever loveofmylife loveisblind foreverandever foreveryoung foreveryours
  godblessyou godblessme godisgreat inthenameofgod jesusislord jesuslovesyou jesussaves thankyoujesus praisethelord
  princesspeach babygirl1babygirl1 sweetiepie honeybunny honeybear teddybear sugarplum pumpkinpie cupcakes
  blackberry blueberry strawberries watermelon cheesecake chocolatecake icecream cocacola mountaindew redbull
  rockandroll ledzeppelin linkinpark metallica pinkfloyd nirvana greenday slipknot ironmaiden blinkoneeightytwo
  liverpool1892 manutd1999 q1w2e3r4t5 q1w2e3r4t5y6 1q2w3e4r5t 1q2w3e4r5t6y zaq12wsx zaq1zaq1zaq1 zaq12wsxcde3
  passw0rdpassw0rd p@ssw0rdp@ssw0rd abc123abc123 abcd1234abcd a1b2c3d4e5 a1b2c3d4e5f6 aa123456789 123456789a
  123456789q 1234567890a 1234567890q 12345678910 1234567891 0123456789 9876543210 0987654321 11223344556677
  1122334455 112233445566 123123123123 123321123321 1357924680 2468101214 3141592653 31415926535 2718281828
  147258369 1472583690 159753456852 159357456852 789456123 7894561230 741852963 7418529630 123654789 1236547890
  asdfasdfasdf asdf1234asdf qwer1234qwer qwerasdfzxcv qweasdzxc123 qazwsx123456 qwerty123456789 qwertyqwerty
  0000000001 1029384756 5201314520 1314520520 5211314521 woaini1314 woaini5201314 woaini521 aini1314520
`;

export const commonPasswords: ReadonlySet<string> = new Set(
  `${words}${phrases}`.split(/\s+/).filter((word) => word !== ""),
);
