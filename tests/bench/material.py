"""The material of the benchmarks: comments of mixed lengths and sets of 10 to 10,000 patterns, the same
at each run.

Of the comments about one in ten is to be rejected: too short, without marks, with a link, or
with one of the phrases and patterns that every set begins with, so that each set rejects the
same ones.
"""
import itertools
import random
import unicodedata

SENTENCES = """\
Bài viết rất hay và có ích, cảm ơn tác giả đã bỏ công tìm hiểu.
Tôi đọc xong mà thấy đúng hoàn cảnh nhà mình, vừa buồn vừa thương.
Giá nhà ở thành phố tăng quá nhanh, người trẻ đi làm mười năm cũng khó mua nổi một căn hộ nhỏ.
Mong cơ quan chức năng sớm vào cuộc để người dân yên tâm đi lại.
Theo tôi thì nên mở thêm tuyến xe buýt nhanh ra ngoại thành.
Con tôi năm nay thi vào lớp 10, cả nhà ai cũng lo.
Đường này sáng nào cũng kẹt cứng từ 7h đến 9h, đi bộ còn nhanh hơn.
Quê tôi ở miền Trung, năm nào cũng chạy lũ vài bận.
Bác nào ở gần đó cho em hỏi đường vào có ngập không ạ?
Đội nhà đá hiệp hai lên chân hẳn, tiếc là bóng dội cột hai lần!
Trọng tài thổi phạt quả đó là hơi nặng tay, xem lại video thì thấy hậu vệ chạm bóng trước.
Phở ở quán này nước trong, thịt mềm, giá 45.000 đồng một bát là hợp lý.
Mình mua chiếc máy này được nửa năm, pin vẫn trâu, chỉ có cái camera chụp đêm hơi nhiễu.
Năm 2023 gia đình tôi đi Đà Lạt hết 12 triệu cho 4 người, năm nay chắc phải hơn.
Chính sách mới sẽ giúp ích cho những gia đình thu nhập thấp, nhưng thủ tục vẫn còn rườm rà.
Bệnh viện tuyến huyện thiếu máy móc thì dân mới phải dồn lên tuyến trên chứ ai muốn.
Trồng cây gì cũng được, miễn là có người chăm và đừng chặt khi nó vừa kịp cho bóng mát.
Cô giáo cũ của tôi giờ đã nghỉ hưu, thỉnh thoảng lớp vẫn về thăm.
Xin chia buồn cùng gia đình, cầu mong các anh được yên nghỉ.
Xem lại lịch sử mới thấy ông cha mình đã vất vả thế nào để giữ được mảnh đất này.
Ngân hàng nên giảm lãi suất cho vay thì doanh nghiệp nhỏ mới sống được.
Tôi không đồng ý với bạn, số liệu trong bài là của năm ngoái rồi.
Cảnh quay đẹp, nhạc phim hay, diễn viên chính vào vai rất ngọt 👍
Xe điện êm thì có êm nhưng trạm sạc ở tỉnh vẫn còn quá ít.
Cháu nhà mình học online cả năm, mắt tăng thêm một độ.
Ai từng ở trọ mùa nóng mới hiểu, mái tôn hầm hập cả đêm không ngủ được.
Nên phạt thật nặng những người xả rác ra kênh, nói mãi mà không nghe.
Cái hay của món này là phải ăn nóng, để nguội thì mất ngon.
Mong bài sau tác giả viết kỹ hơn về phần chi phí, vì đó là điều mọi người quan tâm nhất.
Ở nước ngoài họ làm hệ thống thoát nước trước rồi mới xây nhà, mình thì ngược lại.
Chúc mừng các em, đi thi quốc tế mà đem vàng về thế này thì tự hào quá!
Thấy bảo dự án xong từ năm 2019 mà đến giờ vẫn quây tôn, bụi mù cả khu phố.
Nghe các cụ kể ngày xưa qua sông phải đi đò, giờ có cầu rồi đi mất năm phút.
Hàng giao nhanh, đóng gói cẩn thận, nhân viên tư vấn nhiệt tình.
Bạn nói đúng một nửa thôi, còn phải xem thu nhập thực tế của từng vùng nữa.
Trời trở lạnh rồi, mọi người nhớ giữ ấm cho người già và trẻ nhỏ nhé.
""".splitlines()

SHORT = ["Hay quá!", "Chuẩn luôn bác ơi", "Hóng phần sau 😂", "Đồng ý", "+1", "Cảm ơn bạn nhiều nhé", "ok"]
LINKS = ["Chi tiết tại https://vi-du.example/bai-viet?id=12", "xem thêm ở tin-nhanh24h.com nhé",
         "ghé bit.ly/3xAbCd là rõ", "vào www.trang-cua-toi.net mà đọc"]
BANNED = ["nạp tiền chơi nhà cái Sao Mai nhận thưởng", "vay nóng trong ngày không cần thế chấp",
          "bán bằng đại học có hồ sơ gốc", "tặng 88k cho thành viên mới"]
FIRST_PHRASES = ["nhà cái sao mai", "vay nóng trong ngày", "bán bằng đại học", "nhận thưởng liền tay",
                 "bao nợ xấu"]
FIRST_PATTERNS = [r"\btặng\s+\d+k\b", r"\bnạp\s+\d+\s*(?:k|tr)\s+nhận\s+\d+", r"\bkèo\s+(?:thơm|châu\s+á)\b",
                  r"\blãi\s+chỉ\s+\d+(?:[.,]\d+)?\s*%", r"\bzalo\s*:?\s*0\d{8,10}\b"]

WHAT = ["kèo", "vay", "cược", "nạp", "rút", "tiền", "thưởng", "tặng", "xổ số", "tài xỉu", "bắn cá", "lô đề",
        "nhà cái", "bằng giả", "sổ đỏ giả", "hàng nhái", "thuốc tăng cân", "kem trộn", "giải ngân", "nợ xấu",
        "đánh bạc", "casino", "nổ hũ", "đá gà", "soi cầu", "hoàn trả", "mở thẻ", "đáo hạn", "cầm cố", "sim rác"]
HOW = ["nhanh", "uy tín", "trong ngày", "giá rẻ", "tận nơi", "không thế chấp", "lãi thấp", "toàn quốc", "bao đậu",
       "số một", "miễn phí", "cực mạnh", "chuẩn xịn", "hôm nay", "mỗi ngày", "siêu tốc", "kín đáo", "cao cấp"]
WHO = ["Sao Mai", "Rồng Vàng", "Phú Quý", "Đại Phát", "Hoàng Kim", "Thần Tài", "Bảo Long", "Minh Châu",
       "Thiên Lộc", "An Khang", "Vạn Lợi", "Tân Thịnh", "Hải Đăng", "Ngọc Bích", "Kim Cương", "Trường An"]
SHAPES = [r"\b{0}\s+{1}\s+(?:tại|ở|với)\s+{2}\b", r"\b{0}\W+{2}\s*\d{{2,4}}\b",
          r"\b(?:app|web|trang)\s+{0}\s+{2}(?:\s+{1})?\b", r"\b{2}\s+{0}\s+(?:\d+|một)\s*(?:k|tr|triệu)\b",
          r"(?:liên\s+hệ|ib|inbox)\s+{2}\s.{{0,20}}\b{0}\b"]

ONSETS = ["", "b", "c", "ch", "d", "đ", "g", "gh", "h", "kh", "l", "m", "n", "ng", "nh", "ph", "qu", "r", "s", "t",
          "th", "tr", "v", "x"]
RIMES = """\
a ac ach ai am an ang anh ao ap at au ay ăc ăm ăn ăng ăp ăt âm ân âng âu ây e ec em en eng eo ep et ê ếch
êm ên ênh êt êu i ich iên iêng iêt iêu im in inh ip it iu o oa oai oan oang oc oi om on ong op ot ô ôc ôi
ôm ôn ông ôt ơ ơi ơm ơn ơt u ua uân uc ui um un ung uôc uôi uôn uông uôt up ut uy uyên ư ưa ưc ưng ươc
ươi ươm ươn ương ươt ưt y yên yêu""".split()

# Texts that take long to judge: each is repeated.
HOSTILE = ["a", "a ", "a.", "(", "@a ", "http://", "a" + "\u0301\u0323" * 10 + " ", "ch3t ", "nhà cá ", "n.h.à.c.",
           "nhà cái ", "về nhà cái là ", "\u0441\u0430\u0441 ", "&#97;", "\U0001f600", "<b>a</b>", "1 ", "a\n"]


def bare(text):
    """Without its marks, as careless people type."""
    text = text.replace("đ", "d").replace("Đ", "D")
    return "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))


def honest(rnd):
    return " ".join(rnd.sample(SENTENCES, rnd.choice([1, 1, 2, 2, 3, 4, 6])))


def comment(rnd):
    chance = rnd.random()
    if chance < 0.03:
        return rnd.choice(SHORT)
    if chance < 0.06:
        return bare(" ".join(rnd.sample(SENTENCES, 2)))
    if chance < 0.08:
        return honest(rnd) + " " + rnd.choice(LINKS)
    if chance < 0.10:
        return honest(rnd) + " " + rnd.choice(BANNED)
    text = honest(rnd)
    return text if len(text.split()) > 9 else text + " " + rnd.choice(SENTENCES)


def comments(count=20000):
    rnd = random.Random(1)
    return [comment(rnd) for _ in range(count)]


def hostile(length=4000):
    """A comment of each kind, `length` bytes or a little less."""
    return [pattern * (length // len(pattern.encode())) for pattern in HOSTILE]


def entries(count):
    """`count` phrases and patterns, half and half."""
    products = itertools.product(WHO, WHAT, HOW)
    triples = [(what, how, who) for who, what, how in products]
    random.Random(2).shuffle(triples)
    phrases = FIRST_PHRASES + [f"{what} {how} {who.lower()}" for what, how, who in triples]
    patterns = FIRST_PATTERNS + [
        SHAPES[i % len(SHAPES)].format(what.replace(" ", r"\s+"), how.replace(" ", r"\s+"),
                                       who.lower().replace(" ", r"\s+"))
        for i, (what, how, who) in enumerate(reversed(triples))]
    return phrases[:count // 2], patterns[:count - count // 2]


def write_rules(directory, site, count):
    """The site's own rules, and a rule with `count` phrases and patterns."""
    phrases, patterns = entries(count)
    directory.mkdir(parents=True)
    (directory / "10-site.yaml").write_text(site.read_text(encoding="utf-8"), encoding="utf-8")
    (directory / "phrases.txt").write_text("\n".join(phrases) + "\n", encoding="utf-8")
    quoted = "".join(f"      - '{pattern}'\n" for pattern in patterns)
    (directory / "20-bench.yaml").write_text(
        "rules:\n  - name: banned\n    kind: banned\n    phrases: phrases.txt\n"
        f"    patterns:\n{quoted}"
        '    message: "Bình luận có nội dung bị cấm."\n', encoding="utf-8")
    return directory


def list_phrases(count):
    """Phrases of two to four syllables that mean nothing, no two alike."""
    rnd, found = random.Random(4), {}
    while len(found) < count:
        syllables = (rnd.choice(ONSETS) + rnd.choice(RIMES) for _ in range(rnd.choice([2, 3, 3, 4])))
        found[" ".join(syllables)] = None
    return list(found)


def write_list(directory, count):
    """A rule with a list of `count` phrases."""
    directory.mkdir(parents=True)
    (directory / "phrases.txt").write_text("\n".join(list_phrases(count)) + "\n", encoding="utf-8")
    (directory / "10-list.yaml").write_text(
        "rules:\n  - name: banned\n    kind: banned\n    phrases: phrases.txt\n    message: m\n", encoding="utf-8")
    return directory
