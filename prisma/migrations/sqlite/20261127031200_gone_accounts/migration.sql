-- AlterTable
ALTER TABLE "Account" ADD COLUMN "formerMemberId" TEXT;
ALTER TABLE "Account" ADD COLUMN "missingSince" DATETIME;
