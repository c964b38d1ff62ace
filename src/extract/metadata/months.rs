//! Names of months in the languages of the web's newspapers.

use std::{collections::HashMap, sync::LazyLock};

/// Number of the month that a word names, 1..=12.
///
/// Knows whole names in their cases and the usual abbreviations; letter case does not matter.
/// Where two languages disagree (`listopad`), the one with more readers wins.
pub(super) fn month(word: &str) -> Option<u32> {
    static NUMBERS: LazyLock<HashMap<&'static str, u32>> = LazyLock::new(|| {
        let mut numbers = HashMap::new();
        for (number, names) in (1..).zip(MONTHS) {
            for name in names.split_whitespace() {
                numbers.entry(name).or_insert(number);
            }
        }
        numbers
    });
    if word.len() < 2 || word.len() > 40 {
        return None;
    }
    if let Some(number) = NUMBERS.get(word) {
        return Some(*number);
    }
    let lower = word.to_lowercase();
    let bare = lower.strip_prefix('ב').unwrap_or(&lower);
    NUMBERS
        .get(lower.as_str())
        .or_else(|| NUMBERS.get(bare))
        .copied()
}

const MONTHS: [&str; 12] = [
    "january jan januar januari jänner jän janv janvier enero ene gennaio gen janeiro ledna leden \
     led styczeń stycznia sty январь января янв січня січень ocak oca tammikuu tammikuuta tammi \
     január januára ianuarie ian sausio saus siječanj siječnja sij januara jaanuar janvāris \
     janvārī ιανουαρίου ιανουάριος ιαν януари ינואר ינו يناير जनवरी জানুয়ারি জানুয়ারী มกราคม ม gener \
     xaneiro janúar urtarrila ionawr января́ јануар јануара জানু ژانویه जान",
    "february feb februar februari febr février févr fév fevrier febrero febbraio fevereiro fev \
     února únor úno luty lutego lut февраль февраля фев февр лютого лютий şubat şub helmikuu \
     helmikuuta helmi február februára februarie vasario vas veljača veljače velj februara \
     veebruar februāris februārī φεβρουαρίου φεβρουάριος φεβ февруари פברואר פבר فبراير شباط फरवरी \
     फ़रवरी ফেব্রুয়ারি กุมภาพันธ์ febrer febreiro febrúar otsaila chwefror фебруар فوریه",
    "march mar märz maerz mär mrz maart mrt mars marzo março marco března březen bře marzec marca \
     marc март марта мар березня березень mart maaliskuu maaliskuuta maalis március márc marec \
     martie kovo ožujak ožujka ožu marta märts marts martā μαρτίου μάρτιος μαρ מרץ מרס مارس آذار मार्च \
     মার্চ มีนาคม març març marzo martxoa mawrth marta",
    "april apr avril avr abril abr aprile dubna duben dub kwiecień kwietnia kwi апрель апреля апр \
     квітня квітень nisan nis huhtikuu huhtikuuta huhti április ápr apríl apríla aprilie balandžio \
     bal travanj travnja tra aprila aprill aprīlis aprīlī απριλίου απρίλιος απρ април אפריל אפר أبريل \
     ابريل نيسان अप्रैल এপ্রিল เมษายน apirila ebrill aprill آوریل",
    "may mai mei maj mayo maggio mag maio května květen kvě maja май мая травня травень mayıs \
     toukokuu toukokuuta touko május mája gegužės geg svibanj svibnja svi мај маја maijs maijā \
     μαΐου μαίου μάιος μάι מאי مايو أيار मई মে พฤษภาคม maig maí maiatza mae می",
    "june jun juni juin junio giugno giu junho června červen čvn czerwiec czerwca cze июнь июня июн \
     червня червень haziran haz kesäkuu kesäkuuta kesä június jún júna iunie iun birželio birž \
     lipanj lipnja lip juna juuni jūnijs jūnijā ιουνίου ιούνιος ιουν юни יוני يونيو حزيران जून জুন \
     มิถุนายน juny xuño júní ekaina mehefin јун јуна ژوئن",
    "july jul juli juillet juil julio luglio lug julho července červenec čvc lipiec lipca июль июля \
     июл липня липень temmuz tem heinäkuu heinäkuuta heinä július júl júla iulie iul liepos liep \
     srpanj srpnja juula jula juuli jūlijs jūlijā ιουλίου ιούλιος ιουλ юли יולי يوليو تموز जुलाई জুলাই \
     กรกฎาคม juliol xullo júlí uztaila gorffennaf јул јула ژوئیه",
    "august aug augustus août aout agosto ago augusti sierpień sierpnia sie srpna srpen srp август \
     августа авг серпня серпень ağustos ağu elokuu elokuuta elo augusztus augusta rugpjūčio rugp \
     kolovoz kolovoza kol avgust avgusta augusts augustā αυγούστου αύγουστος αυγ אוגוסט אוג أغسطس \
     اغسطس آب अगस्त আগস্ট สิงหาคม agost ágúst abuztua awst аугуст اوت",
    "september sep sept septembre septiembre setiembre set settembre sett setembro září zář \
     wrzesień września wrz сентябрь сентября сен сент вересня вересень eylül eyl syyskuu syyskuuta \
     syys szeptember szept septembra septembrie rugsėjo rugs rujan rujna ruj septembri septembrī \
     σεπτεμβρίου σεπτέμβριος σεπ септември ספטמבר ספט سبتمبر أيلول सितंबर सितम्बर সেপ্টেম্বর กันยายน \
     setembre irailaren medi септембар سپتامبر septembris",
    "october oct oktober okt octobre octubre ottobre ott outubro out října říjen říj październik \
     października paź октябрь октября окт жовтня жовтень ekim eki lokakuu lokakuuta loka október \
     októbra octombrie spalio spal oktobar oktobra oktoober oktobris oktobrī οκτωβρίου οκτώβριος οκτ \
     октомври אוקטובר אוק أكتوبر اكتوبر अक्टूबर अक्तूबर অক্টোবর ตุลาคม octubre outubro urria hydref \
     октобар اکتبر",
    "november nov novembre noviembre novembro listopadu listopad lis listopada ноябрь ноября ноя \
     нояб листопада листопад kasım kas marraskuu marraskuuta marras novembra noiembrie lapkričio \
     lapkr studeni studenoga studenog stu novembar novembris novembrī νοεμβρίου νοέμβριος νοε ноември \
     נובמבר נוב نوفمبر नवंबर नवम्बर নভেম্বর พฤศจิกายน nóvember azaroa tachwedd новембар نوامبر",
    "december dec dezember dez décembre déc decembre diciembre dic dicembre dezembro prosince \
     prosinec pro grudzień grudnia gru декабрь декабря дек грудня грудень aralık ara joulukuu \
     joulukuuta joulu decembra decembrie gruodžio gruod prosinac prosinca decembar detsember \
     decembris decembrī δεκεμβρίου δεκέμβριος δεκ декември דצמבר דצמ ديسمبر दिसंबर दिसम्बर ডিসেম্বর \
     ธันวาคม desembre desember decembro abendua rhagfyr децембар دسامبر",
];
