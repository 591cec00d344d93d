#!/usr/bin/env bash
# Makes assets/fonts/NotoSansSC-*.otf: of Noto Sans CJK, as Debian has it, the Latin
# letters, what the Chinese catalogue is written with, and what the language calls itself.
# To be run when that has changed; a test says so.
set -euo pipefail
cd "$(dirname "$0")/.."
if ! command -v pyftsubset >/dev/null || [ ! -f /usr/share/fonts/opentype/noto/NotoSansCJK-Medium.ttc ]; then
	if [ "$(id -u)" -eq 0 ]; then sudo() { "$@"; }; fi
	sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends fonttools fonts-noto-cjk fonts-noto-cjk-extra
fi
simplified=2 # the place of the simplified Chinese font in the collections
for weight in Regular:Regular Medium:Medium Bold:SemiBold; do
	SOURCE_DATE_EPOCH=0 pyftsubset "/usr/share/fonts/opentype/noto/NotoSansCJK-${weight%:*}.ttc" --font-number=$simplified \
		--text-file=assets/translations/zh-Hans.json --unicodes=U+0020-007E,U+00A0-00FF,U+2010-2027,U+2030-203A,U+202F,U+2190-2193,U+3001-3011,U+FF01-FF5E,U+7B80,U+4F53,U+4E2D,U+6587 \
		--layout-features=kern,liga,locl,palt --name-IDs=0,1,2,3,4,5,6,13,14 --no-hinting --desubroutinize --drop-tables+=vhea,vmtx,VORG,BASE \
		--output-file="assets/fonts/NotoSansSC-${weight#*:}.otf"
	# Lines as high as those of Inter: the window is laid out for these.
	/usr/bin/python3 - assets/fonts/Inter-Regular.otf "assets/fonts/NotoSansSC-${weight#*:}.otf" <<-'END'
		import sys
		from fontTools.ttLib import TTFont
		like, font = TTFont(sys.argv[1]), TTFont(sys.argv[2], recalcTimestamp=False)
		scale = font["head"].unitsPerEm / like["head"].unitsPerEm
		for name in ("ascent", "descent", "lineGap"):
		    setattr(font["hhea"], name, round(getattr(like["hhea"], name) * scale))
		for name in ("sTypoAscender", "sTypoDescender", "sTypoLineGap", "usWinAscent", "usWinDescent"):
		    setattr(font["OS/2"], name, round(getattr(like["OS/2"], name) * scale))
		font.save(sys.argv[2])
	END
done
