BEGIN TRANSACTION;
CREATE TABLE claims (
	control_number VARCHAR(40) NOT NULL, 
	encounter VARCHAR(200) NOT NULL, 
	form VARCHAR(10) NOT NULL, 
	payer VARCHAR(80) NOT NULL, 
	interchange INTEGER NOT NULL, 
	"group" INTEGER NOT NULL, 
	"transaction" VARCHAR(10) NOT NULL, 
	state VARCHAR(20) NOT NULL, 
	payer_control_number VARCHAR(60) NOT NULL, 
	changed VARCHAR(40) NOT NULL, 
	PRIMARY KEY (control_number)
);
INSERT INTO "claims" VALUES('C1','visit-0','837p','PAY',3,1,'0001','drafted','','2026-02-02T12:00:00+00:00');
CREATE TABLE control_numbers (
	kind VARCHAR(20) NOT NULL, 
	last INTEGER NOT NULL, 
	PRIMARY KEY (kind)
);
INSERT INTO "control_numbers" VALUES('claim',7);
INSERT INTO "control_numbers" VALUES('interchange',3);
CREATE TABLE decision_contents (
	number INTEGER NOT NULL, 
	encounter VARCHAR(200) NOT NULL, 
	patient VARCHAR(200) NOT NULL, 
	salt VARCHAR(64) NOT NULL, 
	content TEXT NOT NULL, 
	PRIMARY KEY (number)
);
INSERT INTO "decision_contents" VALUES(1,'visit-0','p0','81a97ff074857899b95b5c815130e68f657075afc76d9525dfb3e7cb8f7db6d8','{"actor":"coder","decisions":[{"action":"accept","code":"E11.22","evidence":[[3,9]],"probability":0.8,"rank":1,"reason":"","system":"icd10cm"}],"encounter":"visit-0","note":"","patient":"p0"}');
INSERT INTO "decision_contents" VALUES(3,'visit-2','p0','d702dc39792922480ee0db81d2e8758ecb3e81e9dc9ac098fdad446055964a03','{"actor":"coder","decisions":[{"action":"accept","code":"E11.22","evidence":[[3,9]],"probability":0.8,"rank":1,"reason":"","system":"icd10cm"}],"encounter":"visit-2","note":"","patient":"p0"}');
INSERT INTO "decision_contents" VALUES(4,'','','98995a28109274a5bf73d1de354102b5fce90a0453417b83a0f482e73f676f8e','{"encounter":"","patient":"","purged":[2]}');
CREATE TABLE decision_head (
	id INTEGER NOT NULL CHECK (id = 1), 
	number INTEGER NOT NULL, 
	digest VARCHAR(64) NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "decision_head" VALUES(1,4,'c35f4d6125dcd8cb9aa090fc836d5279191f740e49f7ec5e04efa2dcbd6b8e4a');
CREATE TABLE decisions (
	number INTEGER NOT NULL, 
	at VARCHAR(40) NOT NULL, 
	kind VARCHAR(20) NOT NULL, 
	content_digest VARCHAR(64) NOT NULL, 
	previous VARCHAR(64) NOT NULL, 
	digest VARCHAR(64) NOT NULL, 
	PRIMARY KEY (number), 
	UNIQUE (previous), 
	UNIQUE (digest)
);
INSERT INTO "decisions" VALUES(1,'2026-02-02T12:00:00.000000+00:00','decisions','9c3c0f81397661593c63750618969b609db3eb8a6d32fc7050919caa4b8e6628','0000000000000000000000000000000000000000000000000000000000000000','f95b2e184c30ea9192bd458d0f12216687be2c007af1645fca58a05a403f3dc0');
INSERT INTO "decisions" VALUES(2,'2026-02-02T12:01:00.000000+00:00','decisions','bba6adc69fe9c9ebf3baef074afddcbc151b2f3bbda595706822e3c5595cf65a','f95b2e184c30ea9192bd458d0f12216687be2c007af1645fca58a05a403f3dc0','2b699cf6c478685f991b7bf796f1c5a7a9a4ded44f1f1a335ab6180266a2ed4e');
INSERT INTO "decisions" VALUES(3,'2026-02-02T12:02:00.000000+00:00','decisions','731581d087a0d21c5a99bcccf6f0874051ab7075d4821bde3fd814e515a4a8d2','2b699cf6c478685f991b7bf796f1c5a7a9a4ded44f1f1a335ab6180266a2ed4e','75c6fdfab1255d0791fc8016d13dfbeeaab73c1d03dea6acc1bc29b870fa6d20');
INSERT INTO "decisions" VALUES(4,'2026-02-02T13:00:00.000000+00:00','purge','5b7c78914814b0060377177763cbbc591c844f00221f09b216f21b83bf115287','75c6fdfab1255d0791fc8016d13dfbeeaab73c1d03dea6acc1bc29b870fa6d20','c35f4d6125dcd8cb9aa090fc836d5279191f740e49f7ec5e04efa2dcbd6b8e4a');
CREATE TABLE fees (
	code VARCHAR(5) NOT NULL, 
	modifier VARCHAR(2) NOT NULL, 
	cents INTEGER NOT NULL, 
	PRIMARY KEY (code, modifier)
);
INSERT INTO "fees" VALUES('99213','',12500);
CREATE TABLE patient_receipts (
	number INTEGER NOT NULL, 
	control_number TEXT NOT NULL, 
	date TEXT NOT NULL, 
	amount TEXT NOT NULL, 
	note TEXT NOT NULL, 
	at TEXT NOT NULL, 
	who TEXT NOT NULL, 
	PRIMARY KEY (number)
);
INSERT INTO "patient_receipts" VALUES(1,'C1','2026-03-01','20.00','at the desk','2026-11-23T16:00:04+00:00','biller');
CREATE TABLE procedure_pairs (
	id INTEGER NOT NULL, 
	first VARCHAR(5) NOT NULL, 
	second VARCHAR(5) NOT NULL, 
	starts VARCHAR(8) NOT NULL, 
	ends VARCHAR(8) NOT NULL, 
	modifier INTEGER NOT NULL, 
	PRIMARY KEY (id)
);
CREATE TABLE remit_claims (
	number INTEGER NOT NULL, 
	id VARCHAR(64) NOT NULL, 
	payment INTEGER NOT NULL, 
	payer_key TEXT NOT NULL, 
	payer TEXT NOT NULL, 
	trace TEXT NOT NULL, 
	payment_date TEXT NOT NULL, 
	control_number TEXT NOT NULL, 
	payer_control_number TEXT NOT NULL, 
	patient TEXT NOT NULL, 
	member TEXT NOT NULL, 
	service_start TEXT NOT NULL, 
	service_end TEXT NOT NULL, 
	status TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	final BOOLEAN NOT NULL, 
	complete BOOLEAN NOT NULL, 
	allowed TEXT, 
	billed TEXT NOT NULL, 
	paid TEXT NOT NULL, 
	provider TEXT NOT NULL, 
	other TEXT NOT NULL, 
	share TEXT NOT NULL, 
	to_pay TEXT NOT NULL, 
	denials TEXT NOT NULL, 
	body TEXT NOT NULL, 
	PRIMARY KEY (number), 
	UNIQUE (id)
);
INSERT INTO "remit_claims" VALUES(1,'b07aae8a39336384b023895e81a5da08039f214f5feb2f37a19e3eb34053eb6a',1,'SAMPLE PLAN','SAMPLE PLAN','T1','2026-01-31','C1','PC1','PAT DOE','M1','2026-01-05','2026-01-05','1','answer',1,1,'0.00','100','0.00','100.00','0.00','0.00','0.00','[["CO-197", "100"]]','[[13, "CLP", "C1", "1", "100", "0", "0", "12", "PC1", "11", "1"], [14, "NM1", "QC", "1", "DOE", "PAT", "", "", "", "MI", "M1"], [15, "SVC", "HC:99213", "100", "0", "", "1"], [16, "DTM", "472", "20260105"], [17, "CAS", "CO", "197", "100"]]');
INSERT INTO "remit_claims" VALUES(2,'c1f6c28db27bc7258af6fcaa15911b431109282d896aec4312a4af20fdf47ce1',2,'SAMPLE PLAN','SAMPLE PLAN','T2','2026-02-15','C1','PC1','PAT DOE','M1','2026-01-05','2026-01-05','1','answer',1,1,'90.00','100','70','10.00','0.00','20.00','20.00','[]','[[13, "CLP", "C1", "1", "100", "70", "20", "12", "PC1", "11", "1"], [14, "NM1", "QC", "1", "DOE", "PAT", "", "", "", "MI", "M1"], [15, "SVC", "HC:99213", "100", "70", "", "1"], [16, "DTM", "472", "20260105"], [17, "CAS", "CO", "45", "10"], [18, "CAS", "PR", "2", "20"]]');
CREATE TABLE remit_files (
	number INTEGER NOT NULL, 
	name TEXT NOT NULL, 
	at TEXT NOT NULL, 
	who TEXT NOT NULL, 
	PRIMARY KEY (number)
);
INSERT INTO "remit_files" VALUES(1,'a.835','2026-02-02T12:00:00+00:00','biller');
INSERT INTO "remit_files" VALUES(2,'a.835','2026-02-02T12:00:00+00:00','biller');
CREATE TABLE remit_payments (
	number INTEGER NOT NULL, 
	id VARCHAR(64) NOT NULL, 
	file INTEGER NOT NULL, 
	payer_key TEXT NOT NULL, 
	payer TEXT NOT NULL, 
	payee TEXT NOT NULL, 
	trace TEXT NOT NULL, 
	payment_date TEXT NOT NULL, 
	amount TEXT NOT NULL, 
	component TEXT NOT NULL, 
	version TEXT NOT NULL, 
	complete BOOLEAN NOT NULL, 
	balanced BOOLEAN NOT NULL, 
	head TEXT NOT NULL, 
	rest TEXT NOT NULL, 
	PRIMARY KEY (number), 
	UNIQUE (id)
);
INSERT INTO "remit_payments" VALUES(1,'1cab052b3685764836208a4c46d137bdc33db5bc7384081fef6c2890f2b60541',1,'SAMPLE PLAN','SAMPLE PLAN','SAMPLE CLINIC','T1','2026-01-31','0.00',':','005010X221A1',1,1,'[[3, "ST", "835", "0001"], [4, "BPR", "I", "0", "C", "CHK", "", "", "", "", "", "", "", "", "", "", "", "20260131"], [5, "TRN", "1", "T1", "1555666777"], [6, "DTM", "405", "20260130"], [7, "N1", "PR", "SAMPLE PLAN"], [8, "N3", "1 SAMPLE WAY"], [9, "N4", "DAYTON", "OH", "45402"], [10, "PER", "BL", "HELP", "TE", "8005550100"], [11, "N1", "PE", "SAMPLE CLINIC", "XX", "1000000012"]]','[[12, "LX", "1"], [18, "SE", "16", "0001"]]');
INSERT INTO "remit_payments" VALUES(2,'891a305eb534aa295b6dee1f0a991c6b11a1bc7772ece7e8226fc81e2f680954',2,'SAMPLE PLAN','SAMPLE PLAN','SAMPLE CLINIC','T2','2026-02-15','70',':','005010X221A1',1,1,'[[3, "ST", "835", "0001"], [4, "BPR", "I", "70", "C", "CHK", "", "", "", "", "", "", "", "", "", "", "", "20260215"], [5, "TRN", "1", "T2", "1555666777"], [6, "DTM", "405", "20260130"], [7, "N1", "PR", "SAMPLE PLAN"], [8, "N3", "1 SAMPLE WAY"], [9, "N4", "DAYTON", "OH", "45402"], [10, "PER", "BL", "HELP", "TE", "8005550100"], [11, "N1", "PE", "SAMPLE CLINIC", "XX", "1000000012"]]','[[12, "LX", "1"], [19, "SE", "17", "0001"]]');
CREATE TABLE remit_work (
	number INTEGER NOT NULL, 
	id VARCHAR(64) NOT NULL, 
	answer INTEGER NOT NULL, 
	action TEXT NOT NULL, 
	rule TEXT NOT NULL, 
	amount TEXT, 
	codes TEXT NOT NULL, 
	segments TEXT NOT NULL, 
	deadline TEXT NOT NULL, 
	deadline_source TEXT NOT NULL, 
	called_for BOOLEAN NOT NULL, 
	status TEXT NOT NULL, 
	appeal_sent TEXT NOT NULL, 
	outcome TEXT NOT NULL, 
	recovered TEXT, 
	changed TEXT NOT NULL, 
	changed_by TEXT NOT NULL, 
	PRIMARY KEY (number), 
	UNIQUE (id)
);
INSERT INTO "remit_work" VALUES(1,'20db766db471d64df263cbf7d82da80887b715e92a317711b07a33c890838030',1,'appeal','denied','100.00','["CO-197"]','[17]','','',1,'in_progress','','',NULL,'2026-02-02T12:00:00+00:00','biller');
CREATE TABLE remit_work_log (
	number INTEGER NOT NULL, 
	item INTEGER NOT NULL, 
	at TEXT NOT NULL, 
	who TEXT NOT NULL, 
	status TEXT NOT NULL, 
	note TEXT NOT NULL, 
	appeal_sent TEXT NOT NULL, 
	outcome TEXT NOT NULL, 
	recovered TEXT, 
	PRIMARY KEY (number)
);
INSERT INTO "remit_work_log" VALUES(1,1,'2026-02-02T12:00:00+00:00','biller','in_progress','called the payer','','',NULL);
CREATE TABLE unit_limits (
	code VARCHAR(5) NOT NULL, 
	most INTEGER NOT NULL, 
	PRIMARY KEY (code)
);
CREATE INDEX ix_decision_contents_patient ON decision_contents (patient);
CREATE INDEX ix_decision_contents_encounter ON decision_contents (encounter);
CREATE TRIGGER decisions_no_update BEFORE UPDATE ON decisions BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER decisions_no_delete BEFORE DELETE ON decisions BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE INDEX ix_claims_interchange ON claims (interchange);
CREATE INDEX ix_claims_group ON claims ("group");
CREATE INDEX ix_procedure_pairs_first ON procedure_pairs (first);
CREATE INDEX ix_remit_payments_file ON remit_payments (file);
CREATE INDEX ix_remit_payments_trace ON remit_payments (trace);
CREATE INDEX ix_remit_claims_payment ON remit_claims (payment);
CREATE INDEX ix_remit_claims_control_number ON remit_claims (control_number);
CREATE INDEX ix_remit_claims_member ON remit_claims (member);
CREATE INDEX ix_remit_claims_payment_date ON remit_claims (payment_date);
CREATE INDEX ix_remit_claims_payer_control_number ON remit_claims (payer_control_number);
CREATE INDEX ix_patient_receipts_control_number ON patient_receipts (control_number);
CREATE INDEX ix_remit_work_status ON remit_work (status);
CREATE INDEX ix_remit_work_answer ON remit_work (answer);
CREATE INDEX ix_remit_work_log_item ON remit_work_log (item);
COMMIT;
